import Foundation
import KVStore
import SystemPackage
import Testing

@testable import KVBench

@Suite("Runs on peers")
struct PeerRunTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test(
        "A peer gives back what was written", arguments: Peer.others,
        ["messages"] + KeyedWorkloadTests.fills + KeyedWorkloadTests.loaded)
    func workloads(peer: Peer, workload: String) throws {
        var options = try peer.options(workload, in: folder.path)
        options.workers = 3
        options.operations = 300
        options.namespaces = 1 + workload.count % 3
        if workload != "messages" { options.keys = 300 }
        let report = try Benchmark(options).run()
        #expect(report.errors == [])
        #expect(report.document.errors == 0)
        #expect(report.document.writes + report.document.reads == 300)
        #expect(report.document.engine == peer.name)
    }

    @Test("What a peer does not have is refused with what it has instead")
    func refusals() throws {
        func refusal(_ engine: String, _ change: (inout RunOptions) -> Void) throws -> String {
            var options = RunOptions()
            options.engine = engine
            change(&options)
            return try #require(throws: UsageError.self) { try Benchmark(options) }.message
        }
        #expect(try refusal("sqlite") { $0.tuning = .before }.contains("documented"))
        #expect(try refusal("lmdb") { $0.durability = .unlogged }.contains("synced, buffered"))
        #expect(try refusal("postgres") { $0.walSyncInterval = .never }.contains("--wal-sync-interval"))
        #expect(try refusal("sqlite") { $0.server = .own }.contains("--postgres"))
        #expect(
            try refusal("lmdb") {
                $0.workload = "fill-random"
                $0.keySize = 512
            }.contains("511"))
        #expect(
            try refusal("postgres") {
                $0.server = .at("host=nowhere")
                $0.data = "mine"
            }.contains("--data"))
        #expect(throws: UsageError.self) { try ServerChoice.parse("") }
        #expect(try ServerChoice.parse("auto") == .own)
        #expect(try ServerChoice.parse("postgresql://a@b/c") == .at("postgresql://a@b/c"))
    }

    @Test("A library that is not there is told by the package that has it")
    func missingLibrary() throws {
        let error = try #require(throws: UsageError.self) {
            try PeerLibrary<Int>(engine: "peer", package: "libpeer0") { problem in
                problem.pointee = UnsafePointer(strdup("no such file"))
                return nil
            }
        }
        #expect(error.message.contains("apt-get install libpeer0"))
        #expect(error.message.contains("no such file"))
    }

    @Test("Every engine says for each of its durabilities what is lost")
    func losses() throws {
        for entry in EngineCatalog.entries {
            let synced = try #require(entry.losses(.synced, nil))
            #expect(synced == Losses(kill: .nothing, powerCut: .nothing))
            #expect(entry.losses(.buffered, nil) != nil)
            for durability in Durability.allCases {
                guard let losses = entry.losses(durability, nil) else { continue }
                let line = CatalogListing.text.split(separator: "\n").first {
                    $0.hasPrefix("\(entry.name) ") && $0.contains(durability.rawValue)
                }
                #expect(line?.contains(losses.kill.text) == true && line?.contains(losses.powerCut.text) == true)
                #expect(try #require(line).count <= 60)
            }
        }
        let kvstore = try EngineCatalog.entry(named: "kvstore")
        #expect(kvstore.losses(.buffered, nil)?.powerCut == .last(.seconds(1)))
        #expect(kvstore.losses(.buffered, .every(.milliseconds(100)))?.powerCut.text == "the last 100 ms")
        #expect(kvstore.losses(.buffered, .never)?.powerCut == .unwritten)
        #expect(try EngineCatalog.entry(named: "lmdb").losses(.buffered, nil)?.powerCut == .corruption)
    }

    @Test("SQLite is installed", .enabled(if: Peer(name: "sqlite").missing == nil, "apt-get install libsqlite3-0"))
    func sqlite() throws { #expect(try SQLiteLibrary.get().version.hasPrefix("3.")) }

    @Test("LMDB is installed", .enabled(if: Peer(name: "lmdb").missing == nil, "apt-get install liblmdb0"))
    func lmdb() throws { #expect(try LMDBLibrary.get().version.hasPrefix("0.9.")) }

    @Test(
        "PostgreSQL is installed",
        .enabled(if: Peer(name: "postgres").missing == nil, "apt-get install libpq5 postgresql"))
    func postgres() throws { #expect(try !PostgresPrograms.find().string.isEmpty) }
}
