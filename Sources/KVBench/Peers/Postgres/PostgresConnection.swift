import CPeers

/// A connection to a server; one thread at a time uses it. Values go to and fro as they are.
final class PostgresConnection {
    private let calls: peers_postgres
    private let handle: OpaquePointer
    // The parameters of a statement that is about to be executed.
    private let values = UnsafeMutablePointer<UnsafePointer<CChar>?>.allocate(capacity: 3)
    private let lengths = UnsafeMutablePointer<Int32>.allocate(capacity: 3)
    private let formats = UnsafeMutablePointer<Int32>.allocate(capacity: 3)
    private let numbers = UnsafeMutablePointer<Int64>.allocate(capacity: 3)

    init(_ library: PostgresLibrary, _ address: String) throws {
        calls = library.calls
        let handle = calls.connectdb(address)
        guard let handle, calls.status(handle) == peers_postgres_connection_ok else {
            let text = String(cString: calls.error_message(handle))
            calls.finish(handle)
            throw PeerFailure("PostgreSQL", "connect", text)
        }
        self.handle = handle
        calls.ignore_notices(handle)
        formats.initialize(repeating: 1, count: 3)
    }

    deinit {
        calls.finish(handle)
        values.deallocate()
        lengths.deallocate()
        formats.deallocate()
        numbers.deallocate()
    }

    /// The server's version.
    var version: String {
        let number = calls.server_version(handle)
        return "\(number / 10000).\(number % 10000)"
    }

    /// Runs statements whose rows nobody wants.
    func execute(_ sql: String) throws {
        let result = calls.exec(handle, sql)
        defer { calls.clear(result) }
        _ = try checked(result, sql)
    }

    /// The rows of a statement that returns two columns of text.
    func pairs(_ sql: String) throws -> [(String, String)] {
        let result = calls.exec(handle, sql)
        defer { calls.clear(result) }
        let rows = try PostgresRows(calls, checked(result, sql))
        func text(_ row: Int, _ column: Int) -> String {
            String(decoding: rows.bytes(row, column), as: UTF8.self)
        }
        return (0..<rows.count).map { (text($0, 0), text($0, 1)) }
    }

    func prepare(_ name: String, _ sql: String) throws {
        let result = calls.prepare(handle, name, sql, 0, nil)
        defer { calls.clear(result) }
        _ = try checked(result, sql)
    }

    /// Gives a parameter bytes, which must stay where they are until the statement has been executed.
    func bind(_ parameter: Int, _ bytes: UnsafeRawBufferPointer) {
        // Without an address it would be NULL, which is something else than nothing.
        values[parameter] = (bytes.baseAddress ?? UnsafeRawPointer(numbers)).assumingMemoryBound(to: CChar.self)
        lengths[parameter] = Int32(bytes.count)
    }

    func bind(_ parameter: Int, _ number: Int) {
        numbers[parameter] = Int64(number).bigEndian
        bind(parameter, UnsafeRawBufferPointer(start: numbers + parameter, count: MemoryLayout<Int64>.size))
    }

    /// Executes a prepared statement with the first `count` parameters and shows `body` its rows.
    func execute<Result>(_ name: String, _ count: Int, _ body: (PostgresRows) throws -> Result) throws -> Result {
        let result = calls.exec_prepared(handle, name, Int32(count), values, lengths, formats, 1)
        defer { calls.clear(result) }
        return try body(PostgresRows(calls, checked(result, name)))
    }

    /// Executes a prepared statement and shows `body` its rows one by one as they come, so that they need no memory.
    func stream(_ name: String, _ count: Int, _ body: (PostgresRows) throws -> Void) throws {
        guard calls.send_query_prepared(handle, name, Int32(count), values, lengths, formats, 1) == 1,
            calls.set_single_row_mode(handle) == 1
        else { throw PeerFailure("PostgreSQL", name, String(cString: calls.error_message(handle))) }
        var failure: (any Error)?
        // To its end in any case: the connection takes nothing else before.
        while let result = calls.get_result(handle) {
            defer { calls.clear(result) }
            guard failure == nil else { continue }
            do {
                try body(PostgresRows(calls, checked(result, name)))
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
    }

    private func checked(_ result: OpaquePointer?, _ call: String) throws -> OpaquePointer {
        switch Int(calls.result_status(result)) {
        case peers_postgres_command_ok, peers_postgres_tuples_ok, peers_postgres_single_tuple:
            if let result { return result }
        default: break
        }
        throw PostgresFailure(
            call: call, code: field(result, peers_postgres_sqlstate) ?? "",
            message: field(result, peers_postgres_message) ?? String(cString: calls.error_message(handle)))
    }

    private func field(_ result: OpaquePointer?, _ field: Int) -> String? {
        calls.result_error_field(result, Int32(field)).map { String(cString: $0) }
    }
}
