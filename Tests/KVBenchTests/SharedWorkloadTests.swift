import Foundation
import KVStore
import SystemPackage
import Testing

@testable import KVBench

@Suite("Merges, transactions and time to live")
struct SharedWorkloadTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test(
        "An honest engine gives no errors", arguments: ["merge", "transfer", "expire"],
        ["lying", "kvstore", "kvstore-locked", "rocksdb"])
    func honest(workload: String, engine: String) throws {
        let entry = engine == "lying" ? LyingEngine.entry(nil) : try EngineCatalog.entry(named: engine)
        guard engine != "rocksdb" || workload == "merge" else { return }
        for distribution in [nil] + KeyDistribution.allCases.map(Optional.some) {
            for namespaces in [1, 3] {
                var options = options(workload)
                (options.distribution, options.namespaces) = (distribution, namespaces)
                if workload == "expire" { options.timeToLive = .milliseconds(200) }
                let report = try Benchmark(options, engine: entry).run()
                #expect(report.errors == [], "\(workload), \(engine)")
                #expect(report.document.writes + report.document.reads == 2000)
                #expect(report.document.writes > 800 && report.document.reads > 100)
                #expect((report.document.conflicts != nil) == (workload == "transfer"))
                let schema = try JSONSchema.named("kvbench-result")
                #expect(try schema.complaints(about: JSONText.encode(report.document)) == [])
            }
        }
    }

    @Test(
        "A lie is an error",
        arguments: [
            ("merge", [.lostMerge, .doubledMerge, .missingValue, .corruptValue, .shortValue, .failedRead]),
            ("transfer", [.lostTransfer, .halfTransfer, .missingValue, .corruptValue, .shortValue, .failedRead]),
            ("expire", [.livesOn, .diesEarly, .lostPut, .missingValue, .corruptValue, .shortValue, .failedWrite]),
        ] as [(String, [LyingEngine.Lie])])
    func lies(workload: String, lies: [LyingEngine.Lie]) throws {
        for lie in lies {
            var options = options(workload)
            if workload == "expire" {
                // Long enough that entries are read while they live and when their time is over.
                (options.operations, options.duration) = (nil, .milliseconds(1500))
                options.timeToLive = .milliseconds(300)
                options.workers = 2
                options.keys = 20_000
            }
            let report = try Benchmark(options, engine: LyingEngine.entry(lie)).run()
            #expect(report.document.errors > 0, "\(workload), \(lie)")
            #expect(report.exitStatus == 1)
        }
    }

    @Test("Conflicts are counted and shown")
    func conflicts() throws {
        let report = try Benchmark(options("transfer"), engine: LyingEngine.entry(nil)).run()
        // Every fifth transaction of the engine in memory has one.
        #expect(report.document.conflicts == report.document.writes / 5)
        #expect(report.table.contains("conflicts: "))
    }

    @Test(
        "An engine that lacks what a workload needs says so before anything is made",
        arguments: [
            ("merge", "sqlite", "merges"), ("merge", "lmdb", "merges"), ("merge", "postgres", "merges"),
            ("transfer", "rocksdb", "optimistic transactions"), ("transfer", "sqlite", "optimistic transactions"),
            ("expire", "rocksdb", "time to live"), ("expire", "lmdb", "time to live"),
        ])
    func lacking(workload: String, engine: String, feature: String) throws {
        guard Peer(name: engine).missing == nil else { return }
        var options = options(workload)
        options.engine = engine
        let error = try #require(throws: UsageError.self) { try Benchmark(options) }
        #expect(error.message.contains("no \(feature)") && error.message.contains("kvstore"))
        #expect(try folder.content == [])
    }

    @Test(
        "What cannot be run is refused",
        arguments: [
            ("expire", Duration.zero, 100, "--time-to-live"), ("expire", .seconds(-1), 100, "--time-to-live"),
            ("expire", .seconds(1 << 40), 100, "--time-to-live"), ("merge", .seconds(1), 100, "--time-to-live"),
            ("transfer", nil, 4, "two accounts"), ("transfer", nil, -1, "--keys"),
        ] as [(String, Duration?, Int, String)])
    func refused(workload: String, life: Duration?, keys: Int, hint: String) throws {
        var options = options(workload)
        (options.timeToLive, options.keys, options.workers, options.namespaces) = (life, keys, 1, 3)
        let error = try #require(throws: UsageError.self) { try Benchmark(options) }
        #expect(error.message.contains(hint), "\(error.message)")
    }

    private func options(_ workload: String) -> RunOptions {
        var options = RunOptions.unsampled
        (options.workload, options.keys, options.operations, options.workers) = (workload, 50, 2000, 4)
        options.data = folder.path.appending(UUID().uuidString)
        return options
    }
}
