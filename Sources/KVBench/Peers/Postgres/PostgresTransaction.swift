/// The calls of an update or a batch. Writes go to the server together, before a read and at the end.
struct PostgresTransaction: BenchTransaction {
    private let connection: PostgresConnection
    private let statements: PostgresStatements
    var writes: ByteaArrays

    init(_ connection: PostgresConnection, _ statements: PostgresStatements, _ writes: ByteaArrays) {
        self.connection = connection
        self.statements = statements
        self.writes = writes
    }

    mutating func read(_ key: RawSpan, _ body: (RawSpan) throws -> Void) throws -> Bool {
        try flush()
        return try statements.read(key, body)
    }

    mutating func put(_ key: RawSpan, _ value: RawSpan) throws { writes.append(key, value) }

    mutating func flush() throws {
        guard !writes.isEmpty else { return }
        try statements.put(&writes)
        writes.removeAll()
    }
}
