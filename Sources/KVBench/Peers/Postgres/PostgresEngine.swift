import KVStore
import SystemPackage

/// PostgreSQL through libpq, as an application over it has it: a connection and prepared statements for each worker, a
/// table per keyspace, several writes in one statement, updates as transactions under an advisory lock.
final class PostgresEngine: BenchEngine, @unchecked Sendable {  // the connection is used by the caller's thread alone
    static let entry = EngineEntry(
        name: "postgres", summary: "PostgreSQL, a private server or one that is named (libpq5, postgresql)",
        tunings: [.documented], takesServer: true,
        losses: { durability, _ in
            // Of the server, not of kvbench, whose end it survives. A commit that is not waited for is in memory until the
            // log's writer comes by, at most three times 200 ms later.
            switch durability {
            case .synced: Losses(kill: .nothing, powerCut: .nothing)
            case .buffered: Losses(kill: .last(.milliseconds(600)), powerCut: .last(.milliseconds(600)))
            case .unlogged: Losses(kill: .everything, powerCut: .everything)
            }
        },
        check: { (server) throws(UsageError) in
            _ = try PostgresLibrary.get()
            if server == .own { _ = try PostgresPrograms.find() }
        },
        open: { try PostgresEngine($0) })

    let build: EngineBuild
    let durability: Durability
    let effectiveSettings: [String: String]
    let keyspaces: Int
    /// A number that the locks of this run have in common and those of no other application.
    let lockNumber = Int32.random(in: .min ... .max)
    private let library: PostgresLibrary
    private let address: String
    private let schema: String
    private let connection: PostgresConnection
    private let server: PostgresServer?

    init(_ settings: EngineSettings) throws {
        library = try PostgresLibrary.get()
        durability = settings.durability ?? .buffered
        keyspaces = settings.keyspaces
        switch settings.server {
        case .own:
            let server = try PostgresServer(
                folder: settings.directory.appending("postgres"), settings: Self.settings(workers: settings.workers),
                keepsData: settings.keepsData)
            (self.server, address, schema) = (server, server.address, "bench")
        case .at(let address):
            let number = UInt32.random(in: .min ... .max)
            (server, self.address, schema) = (nil, address, "kvbench_" + String(number, radix: 16))
        }
        connection = try PostgresConnection(library, address)
        let values = try connection.pairs(
            "SELECT name, current_setting(name) FROM pg_settings WHERE name IN"
                + " ('\(Self.told.joined(separator: "', '"))')")
        effectiveSettings = Dictionary(values) { first, _ in first }
        build = EngineBuild(version: connection.version, build: server == nil ? "a server" : "a private server")
        guard effectiveSettings["fsync"] == "on" else {
            throw UsageError(
                "the server of --postgres has fsync off, so that a power cut can corrupt it; turn it on, or name another"
            )
        }
        try connection.execute("CREATE SCHEMA IF NOT EXISTS \(schema)")
        do {
            let kind = durability == .unlogged ? "UNLOGGED TABLE" : "TABLE"
            for keyspace in 0..<keyspaces {
                try connection.execute(
                    "CREATE \(kind) IF NOT EXISTS \(table(keyspace))(key bytea PRIMARY KEY, value bytea NOT NULL)")
            }
        } catch {
            try? close()
            throw error
        }
    }

    /// What is said of a server, its own or another.
    private static let told = [
        "shared_buffers", "fsync", "full_page_writes", "wal_sync_method", "wal_level", "wal_compression",
        "max_wal_size",
        "checkpoint_timeout", "wal_writer_delay", "max_connections", "autovacuum", "effective_cache_size", "work_mem",
    ]

    /// A cache as large as the library's, and checkpoints that are not the bottleneck.
    private static func settings(workers: Int) -> [String] {
        let cache = min(1024, Machine.memoryBytes / (4 << 20))
        return [
            "shared_buffers=\(cache)MB", "max_wal_size=4GB", "checkpoint_timeout=15min", "jit=off",
            "max_connections=\(workers + 16)", "logging_collector=off",
        ]
    }

    func table(_ keyspace: Int) -> String { "\(schema).bench_\(keyspace)" }

    func connect() throws -> PostgresConnection {
        let connection = try PostgresConnection(library, address)
        try connection.execute("SET synchronous_commit = \(durability == .synced ? "on" : "off")")
        return connection
    }

    func makeSession() throws -> PostgresSession { try PostgresSession(self, connect()) }

    func gauges() -> EngineGauges { EngineGauges() }

    /// Of the database since the server was started, and of the server's log.
    func statistics() throws -> [String: Double] {
        let columns = [
            "xact_commit", "xact_rollback", "blks_read", "blks_hit", "tup_fetched", "tup_inserted", "tup_updated",
            "deadlocks",
        ]
        let pairs = columns.map { "('\($0)', \($0)::text)" }.joined(separator: ", ")
        let values = try connection.pairs(
            "SELECT name, value FROM pg_stat_database, LATERAL (VALUES \(pairs)) AS given(name, value)"
                + " WHERE datname = current_database()"
                + " UNION ALL SELECT 'wal_bytes', (pg_current_wal_lsn() - '0/0'::pg_lsn)::text")
        return Dictionary(values.compactMap { pair in Double(pair.1).map { (pair.0, $0) } }) { first, _ in first }
    }

    func diskBytes(below directory: FilePath) throws -> Int? {
        guard server == nil else { return try DiskUsage.allocatedBytes(below: directory) }
        let sizes = try connection.pairs(
            "SELECT sum(pg_total_relation_size(oid))::text, '' FROM pg_class WHERE relkind = 'r'"
                + " AND relnamespace = '\(schema)'::regnamespace")
        return sizes.first.flatMap { Int($0.0) }
    }

    func serverCPUMicroseconds() -> Double? { server?.cpuMicroseconds() }

    func close() throws {
        defer { server?.stop() }
        if server == nil { try connection.execute("DROP SCHEMA \(schema) CASCADE") }
    }
}
