import Foundation
import KVStore
import SystemPackage
import Testing

@testable import KVBench

@Suite("Workloads over numbered entries")
struct KeyedWorkloadTests {
    static let fills = ["fill-sequential", "fill-random"]
    static let loaded = [
        "overwrite", "read-random", "read-missing", "read-hot", "seek-random", "scan", "read-while-writing",
        "delete-random", "batch-write",
    ]
    static let ycsb = ["ycsb-a", "ycsb-b", "ycsb-c", "ycsb-d", "ycsb-e", "ycsb-f"]
    static let all = loaded + ["merge", "transfer", "expire", "settle", "mix", "open", "recover"] + ycsb

    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("Are all in the catalog")
    func names() {
        #expect(WorkloadCatalog.entries.map(\.name) == ["messages"] + Self.fills + Self.all)
    }

    @Test("The real engine gives back what was written", arguments: fills + loaded + ycsb)
    func real(name: String) throws {
        var options = options(name)
        options.workers = 3
        let report = try Benchmark(options).run()
        #expect(report.errors == [])
        #expect(report.document.errors == 0)
        #expect(report.document.writes + report.document.reads == 300)
    }

    @Test("An honest engine gives no errors, whatever the namespaces and sizes", arguments: fills + loaded + ycsb)
    func honest(name: String) throws {
        var options = options(name)
        options.namespaces = 4
        options.keys = 307
        options.keySize = 20
        options.valueSize = 8
        options.seed = 99
        let takesDistribution = try WorkloadCatalog.entry(named: name).options.contains(.distribution)
        let distributions: [KeyDistribution?] = takesDistribution ? KeyDistribution.allCases : [nil]
        for distribution in distributions {
            options.distribution = distribution
            options.data = folder.path.appending(distribution?.rawValue ?? "none")
            let report = try Benchmark(options, engine: LyingEngine.entry(nil)).run()
            #expect(report.errors == [])
            #expect(report.document.writes + report.document.reads == 300)
            if let distribution { #expect(report.table.contains(", \(distribution.rawValue)")) }
        }
    }

    @Test(
        "A lie is an error",
        arguments: [
            ("fill-sequential", [.lostPut, .failedWrite]), ("fill-random", [.lostPut, .failedWrite]),
            ("overwrite", [.lostPut, .failedWrite]),
            ("read-random", [.missingValue, .corruptValue, .shortValue, .failedRead]),
            ("read-missing", [.valueOfMissingKey, .failedRead]),
            ("read-hot", [.missingValue, .corruptValue, .shortValue, .failedRead]),
            ("seek-random", [.skippedEntry, .shortScan, .reversedScan, .corruptScan, .entryOfNoOne]),
            ("scan", [.skippedEntry, .shortScan, .reversedScan, .corruptScan, .entryOfNoOne]),
            ("read-while-writing", [.missingValue, .corruptValue, .lostPut]), ("delete-random", [.lostDelete]),
            ("batch-write", [.lostBatch, .halfBatch]), ("ycsb-a", [.lostPut, .missingValue]),
            ("ycsb-b", [.lostPut, .corruptValue]), ("ycsb-c", [.corruptValue]), ("ycsb-d", [.lostPut, .missingValue]),
            ("ycsb-e", [.lostPut, .skippedEntry, .shortScan]), ("ycsb-f", [.lostUpdate, .missingValue]),
        ] as [(String, [LyingEngine.Lie])])
    func lies(name: String, lies: [LyingEngine.Lie]) throws {
        for lie in lies {
            var options = options(name)
            options.workers = 2
            options.operations = 120
            options.data = folder.path.appending("\(lie)")
            let report = try Benchmark(options, engine: LyingEngine.entry(lie)).run()
            #expect(report.document.errors > 0, "\(lie)")
            #expect(report.exitStatus == 1)
        }
    }

    @Test("Fills and deletes end when every key has had its turn", arguments: fills + ["delete-random"])
    func whole(name: String) throws {
        var options = options(name)
        options.operations = nil
        let document = try Benchmark(options, engine: LyingEngine.entry(nil)).run().document
        #expect(document.writes == 300)
        #expect(document.errors == 0)

        options.operations = 301
        let error = try #require(throws: UsageError.self) { try Benchmark(options) }
        #expect(error.message.contains("--operations") && error.message.contains("--keys"))
    }

    @Test("A fill that is cut short is checked as far as it came")
    func partialFill() throws {
        var options = options("fill-random")
        options.operations = 17
        let document = try Benchmark(options, engine: LyingEngine.entry(nil)).run().document
        #expect(document.writes == 17)
        #expect(document.errors == 0)
    }

    @Test("Writes and reads are counted as such", arguments: [("ycsb-a", 50), ("ycsb-b", 95), ("ycsb-c", 100)])
    func mix(name: String, reads: Int) throws {
        var options = options(name)
        options.operations = 4000
        let document = try Benchmark(options, engine: LyingEngine.entry(nil)).run().document
        #expect(abs(document.reads - 40 * reads) < 150)
    }

    @Test("One worker of read-while-writing writes")
    func readWhileWriting() throws {
        var options = options("read-while-writing")
        options.workers = 3
        let document = try Benchmark(options, engine: LyingEngine.entry(nil)).run().document
        #expect(document.writes == 100)
        #expect(document.reads == 200)
    }

    @Test("A scan goes through all entries in turn")
    func scan() throws {
        var options = options("scan")
        options.workers = 1
        options.namespaces = 3
        options.keys = 100
        options.batch = 7
        let engine = FakeEngine(EngineSettings(directory: "/", tuning: .documented, keyspaces: 3))
        let workload = try ScanWorkload(DataSet(options, valueSize: 100), options)
        try workload.prepare(engine.makeSession(), until: StopRequest())
        let session = RecordingSession(engine.makeSession())
        var worker = workload.makeWorker(0, session: session)
        for _ in 0..<15 { #expect(try worker.step().kind == .read) }
        #expect(session.keys.count == 100)
        #expect(Set(session.keys).count == 100)
        _ = try worker.step()
        #expect(session.keys.last == session.keys[6])
    }

    @Test("Loading ends early when the run is stopped")
    func stoppedLoading() throws {
        let stop = StopRequest()
        stop.make(signal: 15)
        let engine = FakeEngine(EngineSettings(directory: "/", tuning: .documented, keyspaces: 1))
        let workload = try OverwriteWorkload(DataSet(options("overwrite"), valueSize: 100), options("overwrite"))
        try workload.prepare(engine.makeSession(), until: stop)
        #expect(engine.content(of: 0).isEmpty)
        #expect(throws: Interrupted.self) {
            try Benchmark(options("overwrite"), engine: LyingEngine.entry(nil)).run(stop: stop)
        }
    }

    private func options(_ name: String) -> RunOptions {
        var options = RunOptions.unsampled
        options.workload = name
        options.operations = 300
        options.keys = 300
        options.data = folder.path.appending(UUID().uuidString)
        return options
    }
}

/// A session that remembers which keys its scans showed.
private final class RecordingSession: ForwardingSession {
    let base: FakeSession
    private(set) var keys: [String] = []

    init(_ base: FakeSession) { self.base = base }

    func scan(
        from key: RawSpan, limit: Int, in keyspace: Int, _ body: (_ key: RawSpan, _ value: RawSpan) throws -> Void
    ) throws {
        try base.scan(from: key, limit: limit, in: keyspace) { key, value in
            keys.append(String(copying: key))
            try body(key, value)
        }
    }
}
