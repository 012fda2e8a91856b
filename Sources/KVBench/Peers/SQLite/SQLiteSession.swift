import CPeers

/// A worker's connection, with the statements that it has used so far.
final class SQLiteSession: BenchSession {
    private let engine: SQLiteEngine
    private let connection: SQLiteConnection
    private var statements: [SQLiteStatements?]
    private lazy var beginning = prepare("BEGIN IMMEDIATE")
    private lazy var ending = prepare("COMMIT")

    init(_ engine: SQLiteEngine, _ connection: SQLiteConnection) {
        self.engine = engine
        self.connection = connection
        statements = Array(repeating: nil, count: engine.keyspaces)
    }

    func run(_ update: inout some BenchUpdate, in keyspace: Int) throws {
        try write(in: keyspace) { try update.run(in: &$0) }
    }

    func commit(_ batch: inout some BenchBatch, in keyspace: Int) throws {
        try write(in: keyspace) { try batch.write(to: &$0) }
    }

    /// Runs `body` as one transaction.
    private func write(in keyspace: Int, _ body: (inout SQLiteTransaction) throws -> Void) throws {
        var transaction = SQLiteTransaction(statements: try statements(keyspace))
        let (begin, commit) = (try beginning.get(), try ending.get())
        engine.writing.lock()
        defer { engine.writing.unlock() }
        try begin.run()
        do {
            try body(&transaction)
            try commit.run()
        } catch {
            // The failure that led here says more than that of giving up.
            try? connection.execute("ROLLBACK")
            throw error
        }
    }

    func put(_ key: RawSpan, _ value: RawSpan, in keyspace: Int) throws {
        let statements = try statements(keyspace)
        try engine.writing.withLock { try statements.put(key, value) }
    }

    func delete(_ key: RawSpan, in keyspace: Int) throws {
        let statement = try statements(keyspace).delete.get()
        try engine.writing.withLock {
            try key.withUnsafeBytes {
                try statement.bind(1, $0)
                try statement.run()
            }
        }
    }

    func read(_ key: RawSpan, in keyspace: Int, _ body: (RawSpan) throws -> Void) throws -> Bool {
        try statements(keyspace).read(key, body)
    }

    func scan(
        prefix: RawSpan, limit: Int, in keyspace: Int, _ body: (_ key: RawSpan, _ value: RawSpan) throws -> Void
    ) throws {
        guard let end = KeyPrefix.end(prefix) else { return try scan(from: prefix, limit: limit, in: keyspace, body) }
        let statement = try statements(keyspace).scanRange.get()
        try end.withUnsafeBytes { end in
            try statement.bind(3, end)
            try scan(statement, from: prefix, limit: limit, body)
        }
    }

    func scan(
        from key: RawSpan, limit: Int, in keyspace: Int, _ body: (_ key: RawSpan, _ value: RawSpan) throws -> Void
    ) throws {
        try scan(try statements(keyspace).scan.get(), from: key, limit: limit, body)
    }

    private func scan(
        _ statement: SQLiteStatement, from key: RawSpan, limit: Int,
        _ body: (_ key: RawSpan, _ value: RawSpan) throws -> Void
    ) throws {
        try key.withUnsafeBytes { key in
            try statement.bind(1, key)
            try statement.bind(2, limit)
            defer { statement.reset() }
            while try statement.next() { try body(statement.bytes(0).bytes, statement.bytes(1).bytes) }
        }
    }

    func settle() throws {
        try engine.writing.withLock { try connection.checkpoint(peers_sqlite_checkpoint_truncate) }
    }

    private func statements(_ keyspace: Int) throws -> SQLiteStatements {
        if let found = statements[keyspace] { return found }
        let made = SQLiteStatements(table: SQLiteEngine.table(keyspace)) { [unowned self] in prepare($0) }
        statements[keyspace] = made
        return made
    }

    private func prepare(_ sql: String) -> Result<SQLiteStatement, any Error> {
        Result { try SQLiteStatement(engine.library, connection, sql) }
    }
}
