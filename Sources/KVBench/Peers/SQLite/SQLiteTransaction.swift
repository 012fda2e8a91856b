/// An update or a batch inside a transaction of its connection.
struct SQLiteTransaction: BenchTransaction {
    let statements: SQLiteStatements

    mutating func read(_ key: RawSpan, _ body: (RawSpan) throws -> Void) throws -> Bool {
        try statements.read(key, body)
    }

    mutating func put(_ key: RawSpan, _ value: RawSpan) throws { try statements.put(key, value) }
}
