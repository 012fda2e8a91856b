import Foundation
import SystemPackage
import Testing

@testable import KVBench

/// An engine of the catalog as the tests open it.
struct Peer: Sendable, CustomTestStringConvertible {
    let name: String

    static let all = EngineCatalog.entries.map { Peer(name: $0.name) }
    /// Those that can be run here.
    static let installed = all.filter { $0.missing == nil }
    /// Those of them that are not this library, which has tests enough.
    static let others = installed.filter { (try? $0.entry.isThisLibrary) == false }

    var testDescription: String { name }

    var entry: EngineEntry {
        get throws { try EngineCatalog.entry(named: name) }
    }

    /// What there is to install; `nil` for nothing.
    var missing: String? {
        do {
            try entry.check(.own)
            return nil
        } catch {
            return "\(error)"
        }
    }

    /// Opens it in a folder; the one that needs a server on the one that all tests share.
    func open(in folder: FilePath, keyspaces: Int = 1) throws -> any BenchEngine {
        try entry.open(
            EngineSettings(
                directory: folder, tuning: .documented, keyspaces: keyspaces, workers: 4,
                server: server ?? .own))
    }

    /// Options of a run on it.
    func options(_ workload: String, in folder: FilePath) throws -> RunOptions {
        var options = RunOptions.unsampled
        options.workload = workload
        options.engine = name
        options.server = try server
        if options.server == nil { options.data = folder.appending(UUID().uuidString) }
        return options
    }

    private var server: ServerChoice? {
        get throws { try name == "postgres" ? .at(SharedServer.server.get().address) : nil }
    }
}

/// A server for all tests: to make a cluster takes seconds. It goes when the process of the tests does.
enum SharedServer {
    static let server = Result {
        try PostgresServer(
            folder: FilePath("/var/tmp/kvbench-postgres-\(UUID().uuidString)"),
            settings: ["max_connections=200", "fsync=on"], keepsData: false)
    }
}
