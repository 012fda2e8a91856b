import Foundation
import KVStore
import SystemPackage
import Testing

@testable import KVBench

@Suite("Opening what another process has written")
struct OpeningTests {
    private let folder: TemporaryFolder
    private var program: Program { Program(folder: folder.path) }

    init() throws { folder = try TemporaryFolder() }

    @Test(
        "Is measured and complete, after a close and after a kill", arguments: ["open", "recover"],
        ["kvstore", "kvstore-locked", "rocksdb", "sqlite", "lmdb"])
    func measured(workload: String, engine: String) throws {
        guard Peer(name: engine).missing == nil else { return }
        let result = try program.run([
            "run", workload, "--engine", engine, "--keys", "500", "--namespaces", "2", "--operations", "3", "--json",
            "r.json",
        ])
        #expect(result.status == 0, "\(result.error)")
        #expect(result.output.contains("500 entries"))
        let data = try Data(contentsOf: URL(filePath: folder.path.appending("r.json").string))
        let document = try JSONDecoder().decode(ResultDocument.self, from: data)
        #expect(document.reads == 3 && document.writes == 0 && document.errors == 0)
        let latency = try #require(document.latencyMicroseconds["read"])
        // The seconds are those of the openings.
        #expect(abs(latency.mean * 3 / 1e6 - document.seconds) < 0.01 + document.seconds / 50)
        #expect(try #require(document.diskBytes) > 0)
        #expect(try JSONSchema.named("kvbench-result").complaints(about: JSONText.encode(document)) == [])
        #expect(try folder.content == ["r.json"])
    }

    @Test("What is missing or another than was written is found", arguments: [StoreEnd.closed, .killed])
    func wrong(end: StoreEnd) throws {
        for planted in [nil, "changed", "missing", "older"] {
            var options = RunOptions()
            (options.workload, options.keys) = (end == .closed ? "open" : "recover", 100)
            let workload = try OpeningWorkload(end, options)
            let directory = folder.path.appending(UUID().uuidString)
            let run = OpeningRun(
                workload: workload, engine: KVStoreEngine.entry,
                settings: EngineSettings(options, directory: directory),
                limits: RunLimits(operations: 2), stop: StopRequest()
            ) { store, _ in
                let engine = try KVStoreEngine(EngineSettings(options, directory: store))
                let session = engine.makeSession()
                try DataSet(options, valueSize: DataSet.usualValueSize).write(to: session, until: StopRequest())
                var key = KeyFormat(size: KeyFormat.defaultSize)
                key.set(42)
                var value: [UInt8] = []
                _ = try session.read(key.bytes.span.bytes, in: 0) { value = [UInt8]($0) }
                value[50] ^= 1
                switch planted {
                case "changed": try session.put(key.bytes.span.bytes, value.span.bytes, in: 0)
                case "missing": try session.delete(key.bytes.span.bytes, in: 0)
                case "older":
                    workload.data.values.write(42, version: 0, into: &value)
                    try session.put(key.bytes.span.bytes, value.span.bytes, in: 0)
                default: break
                }
                try engine.close()
            }
            let (measured, _) = try run.measure()
            #expect((measured.outcome.errors > 0) == (planted != nil), "\(planted ?? "nothing")")
        }
    }

    @Test(
        "What cannot be opened so is refused",
        arguments: [
            (["recover", "--engine", "postgres"], "kvstore"),
            (["recover", "--durability", "unlogged"], "buffered or synced"),
            (["open", "--rate", "5"], "--rate"), (["open", "--data", "mine"], "--scratch"),
            (["open", "--operations", "1000000"], "at most"), (["open", "--keys", "0"], "from 1"),
            (["open,recover"], "data of its own"), (["open", "--tasks", "2"], "--tasks"),
        ])
    func refused(arguments: [String], hint: String) throws {
        guard !arguments.contains("postgres") || Peer(name: "postgres").missing == nil else { return }
        let result = try program.run(["run"] + arguments)
        #expect(result.status == 64)
        #expect(result.error.contains(hint), "\(result.error)")
        #expect(try folder.content == [])
    }

    @Test("Steps of more and more keys show what a longer log costs")
    func ramp() throws {
        let result = try program.run([
            "run", "recover", "--ramp", "keys=100,2000", "--operations", "2", "--json", "r.json",
        ])
        #expect(result.status == 0, "\(result.error)")
        let data = try Data(contentsOf: URL(filePath: folder.path.appending("r.json").string))
        let document = try JSONDecoder().decode(RampDocument.self, from: data)
        #expect(document.axis == .keys && document.knee == nil && document.rule == nil)
        #expect(document.steps.map(\.result.work?.keys) == [100, 2000])
        #expect(try JSONSchema.named("kvbench-ramp").complaints(about: JSONText.encode(document)) == [])
        #expect(try folder.content == ["r.json"])
    }
}
