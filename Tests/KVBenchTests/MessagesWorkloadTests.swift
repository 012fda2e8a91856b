import Synchronization
import SystemPackage
import Testing

@testable import KVBench

@Suite("The messages workload")
struct MessagesWorkloadTests {
    @Test("One worker's steps: a write each, and a read after every tenth, from the worker's own number on")
    func steps() throws {
        var options = RunOptions()
        options.namespaces = 1
        let settings = EngineSettings(directory: "/", tuning: .documented, keyspaces: 1)
        let engine = FakeEngine(settings)
        let workload = try MessagesWorkload(options)
        var worker = workload.makeWorker(3, session: engine.makeSession())
        let steps = try (0..<22).map { _ in try worker.step() }
        let kinds = steps.map(\.kind)
        let tens: [OperationKind] = [.write, .read] + Array(repeating: .write, count: 9)
        #expect(kinds == tens + tens)
        // Keys of 22, 37, 28, 16 and 2 bytes, with a message, the stream's name and three numbers.
        #expect(steps[0] == Operation(kind: .write, entries: 5, bytes: 105 + 350 + 13 + 60))
        #expect(steps[1] == Operation(kind: .read, entries: 2, bytes: 37 + 20 + 22 + 350))

        let content = engine.content(of: 0)
        #expect(content.count == 20 * 4 + 1)
        #expect(content["GP"] == Array("00000000000000000021".utf8))
        #expect(content["VI:test-stream-19"] == Array("00000000000000000000".utf8))
        #expect(content["SI:test-stream-19:00000000000000000000"] == Array("00000000000000000020".utf8))
        #expect(content["CI:test:00000000000000000020"] == Array("test-stream-19".utf8))
        #expect(content["M:00000000000000000020"]?.count == 350)
        #expect(try workload.check(engine.makeSession()) == [])
    }

    @Test("An honest engine gives no errors", arguments: [1, 4, 100])
    func honest(namespaces: Int) throws {
        let report = try run(lie: nil, namespaces: namespaces)
        #expect(report.document.errors == 0)
        #expect(report.errors == [])
        #expect(report.exitStatus == 0)
        #expect(report.document.writes + report.document.reads == 550)
        #expect(report.document.reads == 50)
    }

    @Test("Updates under a lock of the caller's lose and double nothing", arguments: [1, 4])
    func locked(namespaces: Int) throws {
        let folder = try TemporaryFolder()
        var options = RunOptions.unsampled
        options.engine = "kvstore-locked"
        options.operations = 2000
        options.namespaces = namespaces
        options.data = folder.path.appending("data")
        let report = try Benchmark(options).run()
        #expect(report.errors == [])
        #expect(report.document.engine == "kvstore-locked")
        #expect(report.document.writes + report.document.reads == 2000)
    }

    @Test("Every lie of an engine is an error", arguments: FakeEngine.Lie.allCases)
    func lies(lie: FakeEngine.Lie) throws {
        let report = try run(lie: lie, namespaces: 1)
        #expect(report.document.errors > 0)
        #expect(report.exitStatus == 1)
        let first = try #require(report.errors.first)
        #expect(!first.isEmpty)
        #expect(report.table.contains(first))
        #expect(report.errors.count <= WorkerRecorder.describedErrors)
    }

    @Test("Errors say what was wrong where")
    func descriptions() throws {
        let missing = try run(lie: .missingMessage, namespaces: 1)
        #expect(missing.errors.contains { $0.contains("M:") && $0.contains("missing") && $0.contains("test-stream-") })
        let corrupt = try run(lie: .corruptMessage, namespaces: 1)
        #expect(corrupt.errors.contains { $0.contains("another byte") && $0.contains("offset 175") })
        let short = try run(lie: .emptyPage, namespaces: 1)
        #expect(short.errors.contains { $0.contains("its page has 0") })
        let failed = try run(lie: .failedRead, namespaces: 1)
        #expect(failed.errors.contains { $0.contains("bad sector") })
    }

    @Test("A failed operation is not counted as done")
    func failedOperations() throws {
        let report = try run(lie: .failedWrite, namespaces: 1, operations: 330)
        #expect(report.document.errors > 30)
        #expect(report.document.writes + report.document.reads + report.document.errors == 330)
    }

    @Test("An update that is lost without any read is found at the end")
    func lostWithoutRead() throws {
        let settings = EngineSettings(directory: "/", tuning: .documented, keyspaces: 1)
        let engine = FakeEngine(settings, lie: .lostUpdate)
        let workload = try MessagesWorkload(RunOptions())
        var worker = workload.makeWorker(0, session: engine.makeSession())
        for _ in 0..<22 { _ = try worker.step() }
        let failures = try workload.check(engine.makeSession())
        #expect(failures.count == 2)
        #expect(failures.contains { $0.contains("test-stream-19") && $0.contains("none") })
    }

    @Test("Namespaces each have the streams and the counter of their own")
    func namespaces() throws {
        let opened = Mutex<FakeEngine?>(nil)
        _ = try run(lie: nil, namespaces: 4, operations: 2200) { engine in opened.withLock { $0 = engine } }
        let engine = try #require(opened.withLock { $0 })
        for namespace in 0..<4 {
            let content = engine.content(of: namespace)
            let streams = content.keys.filter { $0.hasPrefix("VI:") }
            #expect(streams.count == 25)
            #expect(content["GP"] == Array("00000000000000000501".utf8))
        }
        #expect(engine.isClosed)
    }

    @Test("The size and the seed of messages can be chosen")
    func content() throws {
        func content(size: Int?, seed: UInt64) throws -> [UInt8]? {
            let opened = Mutex<FakeEngine?>(nil)
            var options = RunOptions.unsampled
            options.valueSize = size
            options.seed = seed
            options.operations = 20
            options.workers = 1
            let folder = try TemporaryFolder()
            options.data = folder.path
            let entry = FakeEngine.entry { engine in opened.withLock { $0 = engine } }
            #expect(try Benchmark(options, engine: entry).run().document.errors == 0)
            return opened.withLock { $0 }?.content(of: 0)["M:00000000000000000003"]
        }
        #expect(try content(size: nil, seed: 1)?.count == 350)
        #expect(try content(size: 1000, seed: 1)?.count == 1000)
        #expect(try content(size: nil, seed: 1) == content(size: nil, seed: 1))
        #expect(try content(size: nil, seed: 1) != content(size: nil, seed: 2))
    }

    private func run(
        lie: FakeEngine.Lie?, namespaces: Int, operations: Int = 550,
        opened: @escaping @Sendable (FakeEngine) -> Void = { _ in }
    ) throws -> RunReport {
        let folder = try TemporaryFolder()
        var options = RunOptions.unsampled
        options.operations = operations
        options.namespaces = namespaces
        options.data = folder.path
        return try Benchmark(options, engine: FakeEngine.entry(lie: lie, opened: opened)).run()
    }
}
