import Foundation
import SystemPackage
import Testing

@testable import KVBench

@Suite(
    "A private server", .enabled(if: Peer(name: "postgres").missing == nil, "apt-get install libpq5 postgresql"))
struct PostgresServerTests {
    private let folder: TemporaryFolder
    private var program: Program { Program(folder: folder.path) }

    init() throws { folder = try TemporaryFolder(visible: true) }

    @Test("Is started for a run and gone with all its data when that has ended")
    func run() throws {
        let result = try program.run(["run", "--engine", "postgres", "--operations", "200", "--workers", "2"])
        #expect(result.status == 0, "\(result.error)")
        #expect(result.output.contains("a private server"))
        #expect(!result.output.contains("expected"))
        #expect(try folder.content == [])
    }

    @Test("Ends with the run, however that ends", arguments: [SIGINT, SIGTERM, SIGKILL], [true, false])
    func signals(signal: Int32, keepsData: Bool) throws {
        let process = try program.start(
            ["run", "--engine", "postgres", "--duration", "600s", "--workers", "2"]
                + (keepsData ? ["--data", "data"] : []))
        var found: ServerProcess?
        try wait(for: "server that has a connection") {
            found = try folder.content.lazy.compactMap { try ServerProcess(in: folder.path.appending($0)) }.first
            return try found?.backend() != nil
        }
        let server = try #require(found)
        let sockets = try #require(try server.socketFolder())
        kill(process.processIdentifier, signal)
        #expect(try program.finish(process).status == 128 + signal)
        try wait(for: "end of the server") { !server.isAlive && !FileManager.default.fileExists(atPath: sockets) }
        if keepsData {
            #expect(try folder.content == ["data"])
        } else if signal != SIGKILL {
            #expect(try folder.content == [])
        } else {
            // The directory itself stays, as that of any other engine.
            try wait(for: "end of the data") {
                try folder.content.allSatisfy {
                    try FileManager.default.contentsOfDirectory(atPath: folder.path.appending($0).string).isEmpty
                }
            }
        }
    }

    @Test("That does not start says why")
    func failure() throws {
        let error = try #require(throws: PeerFailure.self) {
            try PostgresServer(
                folder: folder.path.appending("postgres"), settings: ["no_such_setting=1"], keepsData: true)
        }
        #expect(error.description.contains("no_such_setting"))
    }

    @Test(
        "Is not where nobody else can go", .enabled(if: geteuid() == 0, "only root has the server run as somebody else")
    )
    func unreachable() throws {
        chmod(folder.path.string, 0o700)
        let result = try program.run(["run", "--engine", "postgres", "--operations", "10"])
        #expect(result.status == 64)
        #expect(result.error.contains("--data"))
        #expect(try folder.content == [])
    }

    @Test("Of somebody else keeps nothing of a run")
    func given() throws {
        let server = try SharedServer.server.get()
        let connection = try PostgresConnection(PostgresLibrary.get(), server.address)
        func schemas() throws -> [String] {
            try connection.pairs("SELECT nspname, '' FROM pg_namespace").map(\.0).filter { $0.hasPrefix("kvbench_") }
        }
        let before = Set(try schemas())
        let result = try program.run([
            "run", "--engine", "postgres", "--postgres", server.address, "--operations", "100", "--workers", "2",
        ])
        #expect(result.status == 0, "\(result.error)")
        // Other tests come and go.
        try wait(for: "end of what others left") { Set(try schemas()).isSubset(of: before) }
        #expect(try folder.content == [])
    }

    @Test("That is nowhere is an error that says so")
    func nowhere() throws {
        let result = try program.run([
            "run", "--engine", "postgres", "--postgres", "host=/nowhere", "--operations", "10",
        ])
        #expect(result.status != 0)
        #expect(result.error.contains("/nowhere"))
    }
}
