/// One worker's connection to an engine; only that worker's thread uses it.
///
/// Keys and values are borrowed for the length of a call.
protocol BenchSession: AnyObject {
    /// Runs `update` as one atomic read-modify-write and returns when it is committed.
    ///
    /// No two updates in one keyspace see the same state. One that throws writes nothing.
    func run(_ update: inout some BenchUpdate, in keyspace: Int) throws
    /// Shows `body` the value of `key`.
    ///
    /// - Returns: Whether there is such a key; `body` has run if so.
    func read(_ key: RawSpan, in keyspace: Int, _ body: (RawSpan) throws -> Void) throws -> Bool
    /// Shows `body` the first `limit` entries whose keys start with `prefix`, in the order of their bytes.
    func scan(
        prefix: RawSpan, limit: Int, in keyspace: Int, _ body: (_ key: RawSpan, _ value: RawSpan) throws -> Void) throws
}

/// What a session runs as one atomic read-modify-write: a type rather than a closure, since the transactions of some
/// engines cannot be copied and closures cannot be generic.
protocol BenchUpdate {
    /// Reads and writes through `transaction`, once.
    mutating func run(in transaction: inout some BenchTransaction & ~Copyable) throws
}

/// Reads and writes inside an update.
protocol BenchTransaction: ~Copyable {
    /// Shows `body` the value of `key`, as the update would leave it if it ended now.
    ///
    /// - Returns: Whether there is such a key; `body` has run if so.
    mutating func read(_ key: RawSpan, _ body: (RawSpan) throws -> Void) throws -> Bool
    /// Sets the value of `key`.
    mutating func put(_ key: RawSpan, _ value: RawSpan) throws
}
