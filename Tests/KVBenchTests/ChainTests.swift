import Foundation
import KVStore
import SystemPackage
import Testing

@testable import KVBench

@Suite("Workloads one after another")
struct ChainTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    static let chain = [
        "fill-random", "settle", "read-random", "overwrite", "delete-random", "ycsb-a", "batch-write", "mix", "ycsb-d",
        "scan",
        "read-while-writing", "fill-sequential", "ycsb-e",
    ]

    @Test("Each finds what those before it have left", arguments: ["lying", "kvstore", "rocksdb"], [1, 3])
    func chain(engine: String, namespaces: Int) throws {
        var options = options(Self.chain.joined(separator: ","))
        options.namespaces = namespaces
        options.mix = try OperationMix.parse("read=2,put=2,delete=1,insert=1,scan=1")
        let entry = engine == "lying" ? LyingEngine.entry(nil) : try EngineCatalog.entry(named: engine)
        let benchmark = try Benchmark(options, engine: entry)
        let reports = try benchmark.runAll()
        #expect(benchmark.isChain && benchmark.announcement.contains("settle on \(engine)"))
        #expect(reports.map(\.document.workload) == Self.chain)
        for report in reports { #expect(report.errors == [], "\(report.document.workload)") }
        let done = reports.map { $0.document.writes + $0.document.reads }
        // What has an end is done whole; the others do as much as was asked of each.
        #expect(done == [200, 1, 400, 400, 200, 400, 400, 400, 400, 400, 400, 200, 400])
        #expect(reports[0].document.work?.after == nil)
        #expect(reports[2].document.work?.after == "fill-random, settle")
        // The values are those of the first, whatever the others have by themselves.
        #expect(Set(reports.map(\.document.work?.valueSize)) == [100])
        let text = try JSONText.encode(ChainDocument(reports.map(\.document)))
        #expect(try JSONSchema.named("kvbench-chain").complaints(about: text) == [])
        let schema = try JSONSchema.named("kvbench-result")
        for report in reports { #expect(try schema.complaints(about: JSONText.encode(report.document)) == []) }
    }

    @Test("What one has written wrong another one finds, and none is run after it")
    func wrong() throws {
        let reports = try Benchmark(
            options("fill-random,read-random,scan"), engine: LyingEngine.entry(.corruptValue)
        ).runAll()
        #expect(reports.map(\.document.workload) == ["fill-random", "read-random"])
        #expect(reports[0].exitStatus == 0 && reports[1].exitStatus == 1)
    }

    @Test(
        "What cannot be run one after another is refused",
        arguments: [
            (Refusal { $0.workload = "fill-random,messages" }, "data of its own"),
            (Refusal { $0.workload = "messages,messages" }, "data of its own"),
            (Refusal { $0.workload = "fill-random," }, "there is no workload ''"),
            (Refusal { $0.workload = "fill-random,reed-random" }, "read-random"),
            (Refusal { ($0.workload, $0.batch) = ("fill-random,overwrite", 10) }, "--batch"),
            (Refusal { $0.workload = "fill-random,mix" }, "--mix"),
            (Refusal { $0.workload = Array(repeating: "settle", count: 101).joined(separator: ",") }, "at most 100"),
            (Refusal { $0.reusesData = true }, "--data"),
            (Refusal { ($0.reusesData, $0.data) = (true, "/nowhere/at/all") }, "/nowhere/at/all"),
        ])
    func refusals(refusal: Refusal, hint: String) throws {
        var options = RunOptions()
        options.keys = 200
        refusal.change(&options)
        let error = try #require(throws: UsageError.self) { try Benchmark(options) }
        #expect(error.message.contains(hint))
    }

    struct Refusal: Sendable {
        let change: @Sendable (inout RunOptions) -> Void
        init(_ change: @escaping @Sendable (inout RunOptions) -> Void) { self.change = change }
    }

    @Test("An option is for those that take it")
    func own() throws {
        var options = options("fill-random,seek-random,scan")
        (options.batch, options.distribution) = (3, .latest)
        let documents = try Benchmark(options, engine: LyingEngine.entry(nil)).runAll().map(\.document)
        #expect(documents.map(\.work?.batch) == [nil, 3, 3])
        #expect(documents.map(\.work?.distribution) == [nil, "latest", nil])
    }

    // MARK: Data of an earlier run

    @Test("A run goes on with the data of an earlier one", arguments: ["kvstore", "rocksdb", "sqlite", "lmdb"])
    func reuse(engine: String) throws {
        guard Peer(name: engine).missing == nil else { return }
        var first = options("overwrite,mix")
        (first.engine, first.namespaces, first.workers) = (engine, 2, 3)
        first.mix = try OperationMix.parse("put=2,delete=2,insert=1,update=1")
        #expect(try Benchmark(first).runAll().map(\.errors) == [[], []])
        for workload in ["mix", "read-random", "delete-random", "settle,scan", "ycsb-d"] {
            var next = first
            (next.workload, next.reusesData, next.keys) = (workload, true, nil)
            if workload != "mix" { next.mix = nil }
            if workload == "delete-random" { next.operations = nil }
            let reports = try Benchmark(next).runAll()
            for report in reports { #expect(report.errors == [], "\(workload)") }
            #expect(reports[0].document.work?.keys == 200 && reports[0].document.work?.after == "an earlier run")
        }
    }

    @Test("Nothing is loaded or settled that is there")
    func unchanged() throws {
        let calls = Calls()
        var options = options("fill-sequential,read-random,scan")
        options.operations = 10
        let reports = try Benchmark(options, engine: calls.entry).runAll()
        #expect(reports.map(\.errors) == [[], [], []])
        #expect(calls.settled == 0)
        options.data = folder.path.appending("other")
        options.workload = "read-random"
        _ = try Benchmark(options, engine: calls.entry).runAll()
        #expect(calls.settled == 1)
    }

    @Test("Other data than was asked for is refused, and left as it is")
    func otherData() throws {
        var options = options("fill-random")
        _ = try Benchmark(options).runAll()
        options.reusesData = true
        let changes: [(String, (inout RunOptions) -> Void)] = [
            ("--keys", { $0.keys = 300 }), ("--key-size", { $0.keySize = 20 }),
            ("--value-size", { $0.valueSize = 200 }),
            ("--namespaces", { $0.namespaces = 2 }), ("--seed", { $0.seed = 2 }),
            ("--engine", { $0.engine = "rocksdb" }),
            ("--layout", { $0.layout = .single }), ("messages", { ($0.workload, $0.keys) = ("messages", nil) }),
        ]
        for (option, change) in changes {
            var other = options
            change(&other)
            let error = try #require(throws: UsageError.self) { try Benchmark(other) }
            #expect(error.message.contains(option))
        }
        #expect(try Benchmark(options).run().errors == [])
        options.reusesData = false
        let error = try #require(throws: UsageError.self) { try Benchmark(options).run() }
        #expect(error.message.contains("--reuse"))
    }

    @Test("Data that a run has not left complete is not gone on with")
    func incomplete() throws {
        var options = options("fill-random")
        _ = try Benchmark(options).runAll()
        options.reusesData = true
        let path = try #require(options.data)
        let mark = URL(filePath: path.appending("KVBENCH").string)
        let states = URL(filePath: path.appending("KVBENCH-ENTRIES").string)
        let (text, entries) = (try Data(contentsOf: mark), try Data(contentsOf: states))
        // As a run that is killed leaves it.
        let failing = EngineEntry(name: "broken", summary: "") { _ in throw FakeEngine.Failure(description: "broken") }
        #expect(throws: FakeEngine.Failure.self) { try Benchmark(options, engine: failing).run() }
        #expect(throws: UsageError.self) { try Benchmark(options) }
        for wrong in [Data(), Data("x".utf8), Data("kvbench namespaces 1\n".utf8)] {
            try wrong.write(to: mark)
            #expect(throws: UsageError.self) { try Benchmark(options) }
        }
        try text.write(to: mark)
        try entries.dropLast().write(to: states)
        #expect(throws: UsageError.self) { try Benchmark(options) }
        try entries.write(to: states)
        #expect(try Benchmark(options).run().errors == [])
    }

    @Test("A value that was changed between two runs is found")
    func changed() throws {
        var options = options("fill-random")
        _ = try Benchmark(options).runAll()
        let store = try Store.open(at: try #require(options.data))
        let namespace = try store.namespace("bench-0")
        var value = try #require(try namespace.get("0000000000000007"))
        value[50] ^= 1
        try namespace.put("0000000000000007", value)
        try store.close()
        (options.reusesData, options.workload, options.operations) = (true, "read-random", 400)
        let report = try Benchmark(options).run()
        #expect(report.exitStatus == 1)
        #expect(report.errors.contains { $0.contains("offset 50") })
        // Nobody knows any more what is there.
        #expect(throws: UsageError.self) { try Benchmark(options) }
    }

    @Test("The command prints a table for each and writes one document")
    func command() throws {
        let program = Program(folder: folder.path)
        let run = ["run", "--keys", "300", "--operations", "300", "--json", "r.json", "--data", "mine"]
        let first = try program.run(run + ["fill-random,read-random"])
        #expect(first.status == 0 && first.error == "")
        #expect(first.output.components(separatedBy: "errors: 0").count == 3)
        let data = try Data(contentsOf: URL(filePath: folder.path.appending("r.json").string))
        let chain = try JSONDecoder().decode(ChainDocument.self, from: data)
        #expect(chain.results.map(\.workload) == ["fill-random", "read-random"])
        let next = try program.run(["run", "read-random", "--operations", "300", "--data", "mine", "--reuse"])
        #expect(next.status == 0 && next.output.contains("300 entries"))
        let refused = try program.run(["run", "read-random", "--data", ".", "--reuse"])
        #expect(refused.status == 64 && refused.error.contains("--reuse"))
    }

    private func options(_ workload: String) -> RunOptions {
        var options = RunOptions.unsampled
        (options.workload, options.keys, options.workers) = (workload, 200, 4)
        // One that has an end of its own has no more to do by itself.
        if workload != "fill-random" { options.operations = 400 }
        options.data = folder.path.appending(UUID().uuidString)
        return options
    }
}

/// Counts how often an engine in memory was asked to settle.
private final class Calls: @unchecked Sendable {  // guarded by the lock
    private let lock = NSLock()
    private var count = 0

    var settled: Int { lock.withLock { count } }
    func settle() { lock.withLock { count += 1 } }

    var entry: EngineEntry {
        EngineEntry(name: "counting", summary: "") { CountingEngine(base: FakeEngine($0), calls: self) }
    }
}

private struct CountingEngine: BenchEngine {
    let base: FakeEngine
    let calls: Calls

    var build: EngineBuild { base.build }
    var durability: Durability { base.durability }
    func gauges() -> EngineGauges { base.gauges() }
    func close() { base.close() }
    func makeSession() -> DelegatingSession { DelegatingSession(base.makeSession(), settling: calls.settle) {} }
}
