import Foundation
import KVStore
import SystemPackage
import Testing

@testable import KVBench

@Suite("Tasks in place of threads")
struct TaskWorkloadTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test(
        "An honest engine gives no errors, whatever is mixed", arguments: MixWorkloadTests.mixes, ["lying", "kvstore"])
    func honest(mix: String, engine: String) async throws {
        let entry = engine == "lying" ? LyingEngine.entry(nil) : try EngineCatalog.entry(named: engine)
        for distribution in KeyDistribution.allCases {
            var options = try options(mix)
            (options.distribution, options.namespaces, options.workers, options.keys) = (distribution, 3, 20, 60)
            let benchmark = try Benchmark(options, engine: entry)
            let report = try await onThread { try benchmark.run() }
            #expect(report.errors == [], "\(mix), \(distribution)")
            #expect(report.document.writes + report.document.reads == 2000)
            #expect(report.document.work?.workersAre == "tasks" && report.table.contains("20 tasks for"))
        }
    }

    @Test(
        "A lie is an error",
        arguments: [
            ("read=1,put=1", [.lostPut, .failedWrite, .missingValue, .corruptValue, .shortValue, .failedRead]),
            ("read=2,put=2,delete=1", [.lostPut, .lostDelete, .missingValue, .corruptValue]),
            ("read-missing=1,put=1", [.valueOfMissingKey]), ("update=1,read=1", [.lostUpdate, .corruptValue]),
            ("read=1,insert=1", [.lostPut]), ("scan=1,insert=1", [.skippedEntry, .shortScan, .corruptScan]),
            ("scan=1,put=1", [.skippedEntry, .shortScan, .reversedScan, .corruptScan, .entryOfNoOne]),
        ] as [(String, [LyingEngine.Lie])])
    func lies(mix: String, lies: [LyingEngine.Lie]) async throws {
        for lie in lies {
            let benchmark = try Benchmark(options(mix), engine: LyingEngine.entry(lie))
            let report = try await onThread { try benchmark.run() }
            #expect(report.document.errors > 0, "\(lie)")
            #expect(report.exitStatus == 1)
        }
    }

    @Test("They keep a rate and end in time, and share out the operations")
    func rate() async throws {
        var options = try options("read=1")
        (options.rate, options.operations, options.duration, options.workers) = (200, nil, .milliseconds(600), 7)
        let benchmark = try Benchmark(options, engine: LyingEngine.entry(nil))
        let document = try await onThread { try benchmark.run().document }
        // Those that were due by then, or fewer on a machine that is busy.
        #expect((1...120).contains(document.reads))
        #expect(document.seconds >= 0.5)
    }

    @Test("YCSB runs as tasks too, and a chain as tasks where it can")
    func chain() async throws {
        var options = try options("read=1,put=1")
        options.workload = "fill-random,mix,ycsb-a"
        let benchmark = try Benchmark(options)
        let reports = try await onThread { try benchmark.runAll() }
        #expect(reports.map(\.errors) == [[], [], []])
        #expect(reports.map(\.document.work?.workersAre) == ["threads", "tasks", "tasks"])
        #expect(options.arguments.contains("--tasks"))
    }

    @Test(
        "What has no tasks is refused",
        arguments: [
            ("mix", "rocksdb", 5, "async calls"), ("mix", "kvstore-locked", 5, "kvstore"),
            ("read-random", "kvstore", 5, "ycsb-a"), ("mix", "kvstore", 0, "--tasks is 0"),
            ("mix", "kvstore", -5, "--tasks is -5"), ("mix", "kvstore", 1_000_000, "from 1 to 1000"),
        ])
    func refused(workload: String, engine: String, tasks: Int, hint: String) throws {
        var options = try options("read=1")
        (options.workload, options.engine, options.workers) = (workload, engine, tasks)
        if workload != "mix" { options.mix = nil }
        let error = try #require(throws: UsageError.self) { try Benchmark(options) }
        #expect(error.message.contains(hint), "\(error.message)")
    }

    /// Runs what waits for tasks on a thread of its own: waiting on those that run tasks, of which there are as many as
    /// processors, it could keep them from ever running.
    private func onThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Swift.Result { try body() }) }
        }
    }

    private func options(_ mix: String) throws -> RunOptions {
        var options = RunOptions.unsampled
        (options.workload, options.mix, options.keys, options.operations) = (
            "mix", try OperationMix.parse(mix), 200, 2000
        )
        options.usesTasks = true
        options.data = folder.path.appending(UUID().uuidString)
        return options
    }
}
