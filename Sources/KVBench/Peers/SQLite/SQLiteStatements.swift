/// The statements over one table, each prepared when it is used first.
final class SQLiteStatements {
    typealias Statement = Result<SQLiteStatement, any Error>

    private let table: String
    private let prepare: (String) -> Statement
    private lazy var write = prepare("REPLACE INTO \(table)(key, value) VALUES (?1, ?2)")
    private lazy var get = prepare("SELECT value FROM \(table) WHERE key = ?1")
    lazy var delete = prepare("DELETE FROM \(table) WHERE key = ?1")
    lazy var scan = prepare("SELECT key, value FROM \(table) WHERE key >= ?1 ORDER BY key LIMIT ?2")
    lazy var scanRange = prepare("SELECT key, value FROM \(table) WHERE key >= ?1 AND key < ?3 ORDER BY key LIMIT ?2")

    init(table: String, prepare: @escaping (String) -> Statement) {
        self.table = table
        self.prepare = prepare
    }

    func put(_ key: RawSpan, _ value: RawSpan) throws {
        let statement = try write.get()
        try key.withUnsafeBytes { key in
            try value.withUnsafeBytes { value in
                try statement.bind(1, key)
                try statement.bind(2, value)
                try statement.run()
            }
        }
    }

    func read(_ key: RawSpan, _ body: (RawSpan) throws -> Void) throws -> Bool {
        let statement = try get.get()
        return try key.withUnsafeBytes { key in
            try statement.bind(1, key)
            guard try statement.next() else { return false }
            defer { statement.reset() }
            try body(statement.bytes(0).bytes)
            return true
        }
    }
}
