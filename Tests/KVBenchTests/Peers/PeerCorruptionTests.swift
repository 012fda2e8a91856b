import KVStore
import SystemPackage
import Testing

@testable import KVBench

@Suite("A corrupted value in an engine")
struct PeerCorruptionTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test(
        "Is found, and the run ends with 1", arguments: Peer.installed,
        ["read-random", "scan", "messages", "mix", "fill-random,settle,read-random"])
    func planted(peer: Peer, workload: String) throws {
        var options = try peer.options(workload, in: folder.path)
        options.workers = 2
        options.operations = 3000
        if workload != "messages" { options.keys = 100 }
        if workload == "mix" { options.mix = try OperationMix.parse("read=1,scan=1") }
        var entry = try peer.entry
        let open = entry.open
        entry = EngineEntry(
            name: entry.name, summary: "", takesServer: entry.takesServer,
            open: { settings in
                let opened = try open(settings)
                return Self.planting(in: opened)
            })
        let report = try Benchmark(options, engine: entry).run()
        #expect(report.document.errors > 0)
        #expect(report.exitStatus == 1)
        #expect(report.errors.contains { $0.contains("another byte than was written at offset 50") })
    }

    private static func planting(in engine: some BenchEngine) -> any BenchEngine { PlantingEngine(base: engine) }
}

/// An engine into which a wrong value is written, by its own means: when it settles, and after some updates.
private struct PlantingEngine<Base: BenchEngine>: BenchEngine {
    let base: Base

    var build: EngineBuild { base.build }
    var durability: Durability { base.durability }
    func makeSession() throws -> PlantingSession<Base.Session> { PlantingSession(try base.makeSession()) }
    func gauges() throws -> EngineGauges { try base.gauges() }
    func close() throws { try base.close() }
}

private final class PlantingSession<Base: BenchSession>: ForwardingSession {
    let base: Base
    private var updates = 0

    init(_ base: Base) { self.base = base }

    private func plantEntry() throws {
        var key = KeyFormat(size: KeyFormat.defaultSize)
        key.set(7)
        try plant(key.bytes) { $0 ^ 1 }
    }

    private func plant(_ key: [UInt8], _ change: (UInt8) -> UInt8) throws {
        var value: [UInt8] = []
        _ = try base.read(key.span.bytes, in: 0) { value = [UInt8]($0) }
        try #require(value.count > 50)
        value[50] = change(value[50])
        try base.put(key.span.bytes, value.span.bytes, in: 0)
    }

    private func plantMessage() throws {
        var keys = MessageKeys(streams: MessagesWorkload.streams)
        keys.setGlobalPosition(1)
        // Several workers do so: what is no text stays none.
        try plant(keys.message) { $0 | 0x80 }
    }

    func settle() throws {
        try base.settle()
        try plantEntry()
    }

    func run(_ update: inout some BenchUpdate, in keyspace: Int) throws {
        try base.run(&update, in: keyspace)
        updates += 1
        if updates == 200 { try plantMessage() }
    }
}
