import Foundation
import KVStore
import SystemPackage
import Testing

@testable import KVBench

@Suite("Engines whose process is killed")
struct PeerKillTests {
    private let folder: TemporaryFolder
    private var program: Program { Program(folder: folder.path) }

    init() throws { folder = try TemporaryFolder(visible: true) }

    @Test(
        "Keep what they say that they keep, and the first of the rest", arguments: Peer.installed, Durability.allCases)
    func killed(peer: Peer, durability: Durability) throws {
        guard let losses = try peer.entry.losses(durability, nil) else { return }
        var acknowledged = 0
        for _ in 0..<2 {
            acknowledged = try writeUntilKilled(peer, durability, from: acknowledged) {
                kill($0.processIdentifier, SIGKILL)
            }
            let found = try count(peer, durability)
            // The server of the one that has one goes on, and ends in order.
            if losses.kill == .nothing || peer.name == "postgres" {
                #expect(found >= acknowledged, "\(acknowledged) were acknowledged, \(found) are there")
            }
            acknowledged = found
        }
    }

    @Test("A server keeps what is said of it when one of its own processes is killed", arguments: Durability.allCases)
    func killedServer(durability: Durability) throws {
        let peer = Peer(name: "postgres")
        guard peer.missing == nil else { return }
        let losses = try #require(try peer.entry.losses(durability, nil))
        let acknowledged = try writeUntilKilled(peer, durability, from: 0) { process in
            let server = try #require(try ServerProcess(in: folder.path.appending("data")))
            try wait(for: "a connection") { try server.backend() != nil }
            kill(try #require(try server.backend()), SIGKILL)
            process.waitUntilExit()
        }
        let found = try count(peer, durability)
        if losses.kill == .nothing { #expect(found >= acknowledged) }
        if losses.kill == .everything { #expect(found == 0) }
    }

    /// Starts a writer, waits until some more entries than there were are acknowledged, and ends it.
    ///
    /// - Returns: How many were acknowledged by its end.
    private func writeUntilKilled(
        _ peer: Peer, _ durability: Durability, from count: Int, _ end: (Process) throws -> Void
    ) throws -> Int {
        let process = try program.start([
            "write-until-killed", "--engine", peer.name, "--durability", durability.rawValue, "--data", "data",
        ])
        let output = try #require(process.standardOutput as? Pipe).fileHandleForReading
        var text = Data()
        while text.split(separator: UInt8(ascii: "\n")).count < 100 {
            let more = output.availableData
            guard !more.isEmpty else {
                Issue.record("the writer has ended by itself: \(try program.finish(process).error)")
                break
            }
            text.append(more)
        }
        try end(process)
        text.append(Data(try program.finish(process).output.utf8))
        // The last line may have been cut off.
        let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast()
        let first = try #require(lines.first.flatMap { Int(String(decoding: $0, as: UTF8.self)) })
        #expect(first >= count)
        return first + lines.count
    }

    /// How many entries are there from the first on, each as it was written, and none behind a gap.
    private func count(_ peer: Peer, _ durability: Durability) throws -> Int {
        let engine = try peer.entry.open(
            EngineSettings(
                directory: folder.path.appending("data"), tuning: .documented, durability: durability, keyspaces: 1))
        return try Self.count(in: engine)
    }

    private static func count(in engine: some BenchEngine) throws -> Int {
        let count = try EndlessWriter.count(engine.makeSession())
        try engine.close()
        return count
    }
}
