import CPeers

/// A prepared statement, with its parameters and the row that it stands on.
final class SQLiteStatement {
    private let calls: peers_sqlite
    private let connection: SQLiteConnection
    private let sql: String
    private let handle: OpaquePointer

    init(_ library: SQLiteLibrary, _ connection: SQLiteConnection, _ sql: String) throws {
        calls = library.calls
        self.connection = connection
        self.sql = sql
        handle = try connection.prepare(sql)
    }

    deinit { _ = calls.finalize(handle) }

    /// Gives a parameter bytes, which must stay where they are until the statement has been run or reset.
    func bind(_ parameter: Int32, _ bytes: UnsafeRawBufferPointer) throws {
        // Without an address it would be NULL, which is something else than nothing.
        let start = bytes.baseAddress ?? UnsafeRawPointer(handle)
        try connection.check(calls.bind_blob(handle, parameter, start, Int32(bytes.count), nil), sql)
    }

    func bind(_ parameter: Int32, _ number: Int) throws {
        try connection.check(calls.bind_int64(handle, parameter, Int64(number)), sql)
    }

    /// Runs it to its end.
    func run() throws {
        while try next() {}
    }

    /// Steps to the next row. After the last, and after a failure, the statement can be run again.
    func next() throws -> Bool {
        let status = calls.step(handle)
        if status == SQLiteLibrary.row { return true }
        let failure = status == SQLiteLibrary.done ? nil : connection.failure(sql)
        reset()
        if let failure { throw failure }
        return false
    }

    /// Leaves the rows that there still are.
    func reset() { _ = calls.reset(handle) }

    /// The bytes of a column of the row, until the next step.
    func bytes(_ column: Int32) -> UnsafeRawBufferPointer {
        let start = calls.column_blob(handle, column)
        return UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : Int(calls.column_bytes(handle, column)))
    }

    /// The first column of the row as text.
    var text: String? { calls.column_text(handle, 0).map { String(cString: $0) } }
}
