/// The names of the statements over one table, prepared on one connection.
final class PostgresStatements {
    let put: String
    let delete: String
    let scan: String
    let scanRange: String
    private let putMany: String
    private let get: String
    private let connection: PostgresConnection

    init(_ connection: PostgresConnection, _ table: String, _ number: Int) throws {
        self.connection = connection
        func prepare(_ name: String, _ sql: String) throws -> String {
            try connection.prepare("\(name)\(number)", sql)
            return "\(name)\(number)"
        }
        let replace = "ON CONFLICT (key) DO UPDATE SET value = excluded.value"
        put = try prepare("put", "INSERT INTO \(table)(key, value) VALUES ($1, $2) \(replace)")
        // Of a key that comes twice the last value counts; the server refuses to change a row twice.
        putMany = try prepare(
            "many",
            "INSERT INTO \(table)(key, value) SELECT DISTINCT ON (k) k, v FROM unnest($1::bytea[], $2::bytea[])"
                + " WITH ORDINALITY AS given(k, v, n) ORDER BY k, n DESC \(replace)")
        delete = try prepare("delete", "DELETE FROM \(table) WHERE key = $1")
        get = try prepare("get", "SELECT value FROM \(table) WHERE key = $1")
        scan = try prepare("scan", "SELECT key, value FROM \(table) WHERE key >= $1 ORDER BY key LIMIT $2::bigint")
        scanRange = try prepare(
            "range", "SELECT key, value FROM \(table) WHERE key >= $1 AND key < $3 ORDER BY key LIMIT $2::bigint")
    }

    func read(_ key: RawSpan, _ body: (RawSpan) throws -> Void) throws -> Bool {
        try key.withUnsafeBytes { key in
            connection.bind(0, key)
            return try connection.execute(get, 1) { rows in
                guard rows.count > 0 else { return false }
                try body(rows.bytes(0, 0).bytes)
                return true
            }
        }
    }

    func put(_ writes: inout ByteaArrays) throws {
        try writes.withBytes { keys, values in
            connection.bind(0, keys)
            connection.bind(1, values)
            try connection.execute(putMany, 2) { _ in }
        }
    }
}
