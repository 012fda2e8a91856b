import CPeers

/// A connection to a database; one thread at a time uses it. It lives as long as one of its statements does.
final class SQLiteConnection: @unchecked Sendable {  // used by one thread at a time
    private let library: SQLiteLibrary
    private let handle: OpaquePointer

    /// Opens the database in a file, made if missing.
    init(_ library: SQLiteLibrary, _ path: String) throws {
        self.library = library
        var handle: OpaquePointer?
        let flags = peers_sqlite_open_readwrite | peers_sqlite_open_create | peers_sqlite_open_nomutex
        let status = library.calls.open_v2(path, &handle, Int32(flags), nil)
        guard status == SQLiteLibrary.ok, let handle else {
            let text = String(cString: library.calls.errmsg(handle))
            _ = library.calls.close_v2(handle)
            throw PeerFailure("SQLite", "open a database", text)
        }
        self.handle = handle
        // For the checkpoints beside: writers have a lock of their own to wait at.
        _ = library.calls.busy_timeout(handle, 60_000)
    }

    deinit { _ = library.calls.close_v2(handle) }

    /// Runs statements that return nothing, or whose rows nobody wants.
    func execute(_ sql: String) throws {
        try check(library.calls.exec(handle, sql, nil, nil, nil), sql)
    }

    /// The first column of the first row, as text; `nil` when there is none.
    func text(_ sql: String) throws -> String? {
        let statement = try SQLiteStatement(library, self, sql)
        return try statement.next() ? statement.text : nil
    }

    /// Writes what the log holds into the database. What is in the way is no failure: it is done the next time.
    func checkpoint(_ mode: Int) throws {
        let status = library.calls.wal_checkpoint_v2(handle, nil, Int32(mode), nil, nil)
        if status & 0xff != peers_sqlite_busy { try check(status, "checkpoint") }
    }

    func prepare(_ sql: String) throws -> OpaquePointer {
        var statement: OpaquePointer?
        try check(
            library.calls.prepare_v3(handle, sql, -1, UInt32(peers_sqlite_prepare_persistent), &statement, nil), sql)
        guard let statement else { throw PeerFailure("SQLite", sql, "it is no statement") }
        return statement
    }

    func check(_ status: Int32, _ call: String) throws {
        guard status == SQLiteLibrary.ok else { throw failure(call) }
    }

    /// What the last call failed with.
    func failure(_ call: String) -> PeerFailure {
        PeerFailure(
            "SQLite", call,
            "\(String(cString: library.calls.errmsg(handle))) (\(library.calls.extended_errcode(handle)))")
    }
}
