/// A worker's connection.
final class PostgresSession: BenchSession {
    private let engine: PostgresEngine
    private let connection: PostgresConnection
    private let statements: [PostgresStatements]
    /// Used again for every commit, so that it keeps its memory.
    private var writes = ByteaArrays()

    init(_ engine: PostgresEngine, _ connection: PostgresConnection) throws {
        self.engine = engine
        self.connection = connection
        statements = try (0..<engine.keyspaces).map { try PostgresStatements(connection, engine.table($0), $0) }
    }

    // MARK: Writing

    /// Updates of one keyspace take turns at a lock that the server gives back when the transaction ends. Rows that are
    /// not there yet could not be locked.
    func run(_ update: inout some BenchUpdate, in keyspace: Int) throws {
        try connection.execute("BEGIN; SELECT pg_advisory_xact_lock(\(engine.lockNumber), \(keyspace))")
        do {
            var transaction = PostgresTransaction(connection, statements[keyspace], writes.take())
            defer { writes = transaction.writes }
            try update.run(in: &transaction)
            try transaction.flush()
            try connection.execute("COMMIT")
        } catch {
            // The failure that led here says more than that of giving up.
            _ = try? connection.execute("ROLLBACK")
            throw error
        }
    }

    func commit(_ batch: inout some BenchBatch, in keyspace: Int) throws {
        var transaction = PostgresTransaction(connection, statements[keyspace], writes.take())
        defer { writes = transaction.writes }
        try batch.write(to: &transaction)
        try transaction.flush()
    }

    func put(_ key: RawSpan, _ value: RawSpan, in keyspace: Int) throws {
        try key.withUnsafeBytes { key in
            try value.withUnsafeBytes { value in
                connection.bind(0, key)
                connection.bind(1, value)
                try connection.execute(statements[keyspace].put, 2) { _ in }
            }
        }
    }

    func delete(_ key: RawSpan, in keyspace: Int) throws {
        try key.withUnsafeBytes { key in
            connection.bind(0, key)
            try connection.execute(statements[keyspace].delete, 1) { _ in }
        }
    }

    // MARK: Reading

    func read(_ key: RawSpan, in keyspace: Int, _ body: (RawSpan) throws -> Void) throws -> Bool {
        try statements[keyspace].read(key, body)
    }

    func scan(
        prefix: RawSpan, limit: Int, in keyspace: Int, _ body: (_ key: RawSpan, _ value: RawSpan) throws -> Void
    ) throws {
        guard let end = KeyPrefix.end(prefix) else { return try scan(from: prefix, limit: limit, in: keyspace, body) }
        try end.withUnsafeBytes { end in
            try prefix.withUnsafeBytes { start in
                connection.bind(2, end)
                try scan(statements[keyspace].scanRange, 3, start, limit, body)
            }
        }
    }

    func scan(
        from key: RawSpan, limit: Int, in keyspace: Int, _ body: (_ key: RawSpan, _ value: RawSpan) throws -> Void
    ) throws {
        try key.withUnsafeBytes { try scan(statements[keyspace].scan, 2, $0, limit, body) }
    }

    private func scan(
        _ statement: String, _ parameters: Int, _ start: UnsafeRawBufferPointer, _ limit: Int,
        _ body: (_ key: RawSpan, _ value: RawSpan) throws -> Void
    ) throws {
        connection.bind(0, start)
        connection.bind(1, limit)
        let show = { (rows: PostgresRows) in
            for row in 0..<rows.count { try body(rows.bytes(row, 0).bytes, rows.bytes(row, 1).bytes) }
        }
        if limit <= Self.longestPage {
            try connection.execute(statement, parameters, show)
        } else {
            try connection.stream(statement, parameters, show)
        }
    }

    private static let longestPage = 10_000

    func settle() throws {
        for keyspace in 0..<engine.keyspaces { try connection.execute("VACUUM (ANALYZE) \(engine.table(keyspace))") }
        do {
            try connection.execute("CHECKPOINT")
        } catch let failure as PostgresFailure where failure.code == PostgresFailure.notAllowed {
            // On a server of somebody else it happens when the server sees fit.
        }
    }
}
