import CPeers

/// A worker's view of the database: a read transaction that is used again, with a cursor for each keyspace.
final class LMDBSession: BenchSession {
    // Held, since the environment must outlive the transaction.
    private let engine: LMDBEngine
    private let library: LMDBLibrary
    private var reading: OpaquePointer?
    private var cursors: [OpaquePointer?]

    init(_ engine: LMDBEngine) {
        self.engine = engine
        library = engine.library
        cursors = Array(repeating: nil, count: engine.databases.count)
    }

    deinit {
        for case let cursor? in cursors { library.calls.cursor_close(cursor) }
        if let reading { library.calls.txn_abort(reading) }
    }

    // MARK: Writing

    func run(_ update: inout some BenchUpdate, in keyspace: Int) throws {
        try write(in: keyspace) { try update.run(in: &$0) }
    }

    func commit(_ batch: inout some BenchBatch, in keyspace: Int) throws {
        try write(in: keyspace) { try batch.write(to: &$0) }
    }

    func put(_ key: RawSpan, _ value: RawSpan, in keyspace: Int) throws {
        try write(in: keyspace) { try $0.put(key, value) }
    }

    func delete(_ key: RawSpan, in keyspace: Int) throws {
        try write(in: keyspace) { try $0.delete(key) }
    }

    /// Runs `body` as one transaction. The library lets one at a time write.
    private func write(in keyspace: Int, _ body: (inout LMDBTransaction) throws -> Void) throws {
        var begun: OpaquePointer?
        try library.check(library.calls.txn_begin(engine.environment, nil, 0, &begun), "begin a transaction")
        guard let handle = begun else { return }
        do {
            var transaction = LMDBTransaction(library, handle, engine.databases[keyspace])
            try body(&transaction)
        } catch {
            library.calls.txn_abort(handle)
            throw error
        }
        try library.check(library.calls.txn_commit(handle), "commit")
    }

    // MARK: Reading

    func read(_ key: RawSpan, in keyspace: Int, _ body: (RawSpan) throws -> Void) throws -> Bool {
        let transaction = try beginReading()
        defer { library.calls.txn_reset(transaction) }
        return try LMDBTransaction(library, transaction, engine.databases[keyspace]).get(key, body)
    }

    func scan(
        prefix: RawSpan, limit: Int, in keyspace: Int, _ body: (_ key: RawSpan, _ value: RawSpan) throws -> Void
    ) throws {
        try scan(prefix, limit, keyspace) { key, value in
            guard key.starts(with: prefix) else { return false }
            try body(key, value)
            return true
        }
    }

    func scan(
        from key: RawSpan, limit: Int, in keyspace: Int, _ body: (_ key: RawSpan, _ value: RawSpan) throws -> Void
    ) throws {
        try scan(key, limit, keyspace) { key, value in
            try body(key, value)
            return true
        }
    }

    /// - Parameter body: Returns whether to go on.
    private func scan(
        _ start: RawSpan, _ limit: Int, _ keyspace: Int, _ body: (_ key: RawSpan, _ value: RawSpan) throws -> Bool
    ) throws {
        let transaction = try beginReading()
        defer { library.calls.txn_reset(transaction) }
        let cursor = try cursor(keyspace, transaction)
        try start.withUnsafeBytes { start in
            var (key, value) = (peers_lmdb_value(start), peers_lmdb_value())
            var status = library.calls.cursor_get(cursor, &key, &value, UInt32(peers_lmdb_set_range))
            var visited = 0
            while status == 0, visited < limit, try body(key.buffer.bytes, value.buffer.bytes) {
                visited += 1
                if visited < limit {
                    status = library.calls.cursor_get(cursor, &key, &value, UInt32(peers_lmdb_next))
                }
            }
            if status != LMDBLibrary.notFound { try library.check(status, "scan") }
        }
    }

    func stat(_ database: UInt32) throws -> peers_lmdb_stat {
        let transaction = try beginReading()
        defer { library.calls.txn_reset(transaction) }
        var stat = peers_lmdb_stat()
        try library.check(library.calls.stat(transaction, database, &stat), "tell about a database")
        return stat
    }

    func settle() throws { try library.check(library.calls.env_sync(engine.environment, 1), "sync") }

    private func beginReading() throws -> OpaquePointer {
        if let reading {
            try library.check(library.calls.txn_renew(reading), "renew a transaction")
            return reading
        }
        try library.check(
            library.calls.txn_begin(engine.environment, nil, UInt32(peers_lmdb_rdonly), &reading),
            "begin a transaction")
        guard let reading else { throw PeerFailure("LMDB", "begin a transaction", "it returned nothing") }
        return reading
    }

    private func cursor(_ keyspace: Int, _ transaction: OpaquePointer) throws -> OpaquePointer {
        if let cursor = cursors[keyspace] {
            try library.check(library.calls.cursor_renew(transaction, cursor), "renew a cursor")
            return cursor
        }
        try library.check(
            library.calls.cursor_open(transaction, engine.databases[keyspace], &cursors[keyspace]), "open a cursor")
        guard let cursor = cursors[keyspace] else { throw PeerFailure("LMDB", "open a cursor", "it returned nothing") }
        return cursor
    }
}
