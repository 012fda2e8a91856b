import CPeers
import KVStore
import SystemPackage

/// SQLite, as an application with many threads has it: a log beside the database, a connection for each thread with its
/// statements prepared, one thread at a time writing. A table per keyspace, ordered by its keys.
final class SQLiteEngine: BenchEngine, @unchecked Sendable {  // the connection is used by the caller's thread alone
    static let entry = EngineEntry(
        name: "sqlite", summary: "SQLite with a write-ahead log, a connection for each worker (libsqlite3-0)",
        features: [.ownProcess],
        takesSyncInterval: true, tunings: [.documented],
        losses: { durability, interval in
            switch durability {
            case .synced: Losses(kill: .nothing, powerCut: .nothing)
            case .buffered: Losses(kill: .nothing, powerCut: (interval ?? .usual).loss)
            case .unlogged: nil
            }
        },
        check: { (_) throws(UsageError) in _ = try SQLiteLibrary.get() }, open: { try SQLiteEngine($0) })

    let build: EngineBuild
    let durability: Durability
    let effectiveSettings: [String: String]
    let library: SQLiteLibrary
    /// Writers take turns here rather than at the file, where they would sleep and try again.
    let writing = ThreadLock()
    let keyspaces: Int
    private let path: String
    private let connection: SQLiteConnection
    private let checkpointing: PeriodicTask?

    init(_ settings: EngineSettings) throws {
        library = try SQLiteLibrary.get()
        build = EngineBuild(version: library.version, build: "shared library")
        durability = settings.durability ?? .buffered
        keyspaces = settings.keyspaces
        path = settings.directory.appending("bench.db").string
        connection = try Self.connect(library, path, durability)
        for keyspace in 0..<settings.keyspaces {
            try connection.execute(
                "CREATE TABLE IF NOT EXISTS \(Self.table(keyspace))(key BLOB PRIMARY KEY, value BLOB NOT NULL)"
                    + " WITHOUT ROWID")
        }
        var values: [String: String] = [:]
        for name in ["journal_mode", "synchronous", "page_size", "cache_size", "mmap_size", "wal_autocheckpoint"] {
            values[name] = try connection.text("PRAGMA \(name)")
        }
        effectiveSettings = values
        checkpointing = try Self.startCheckpoints(
            durability, settings.walSyncInterval ?? .usual, Self.connect(library, path, durability))
    }

    static func table(_ keyspace: Int) -> String { "bench_\(keyspace)" }

    func connect() throws -> SQLiteConnection { try Self.connect(library, path, durability) }

    private static func connect(
        _ library: SQLiteLibrary, _ path: String, _ durability: Durability
    ) throws -> SQLiteConnection {
        let connection = try SQLiteConnection(library, path)
        // Blocks of 8 KiB hold values of 1,000 bytes, which would go to pages of their own with the usual 4.
        try connection.execute("PRAGMA page_size = 8192")
        try connection.execute("PRAGMA journal_mode = WAL")
        try connection.execute("PRAGMA synchronous = \(durability == .synced ? "FULL" : "NORMAL")")
        try connection.execute("PRAGMA cache_size = -65536")
        try connection.execute("PRAGMA mmap_size = 1073741824")
        return connection
    }

    /// A checkpoint syncs the log: with one an interval a power cut takes no more than the library's interval does.
    private static func startCheckpoints(
        _ durability: Durability, _ interval: WALSyncInterval, _ connection: SQLiteConnection
    ) throws -> PeriodicTask? {
        guard durability == .buffered, let period = interval.duration else { return nil }
        return try PeriodicTask(name: "checkpoints", every: period) {
            try connection.checkpoint(peers_sqlite_checkpoint_passive)
        }
    }

    func makeSession() throws -> SQLiteSession { SQLiteSession(self, try connect()) }

    func gauges() -> EngineGauges { EngineGauges() }

    func statistics() throws -> [String: Double] {
        var found: [String: Double] = [:]
        for name in ["page_count", "freelist_count"] {
            found[name] = try connection.text("PRAGMA \(name)").flatMap { Double($0) }
        }
        return found
    }

    func close() throws {
        try checkpointing?.stop()
        try connection.checkpoint(peers_sqlite_checkpoint_truncate)
    }
}
