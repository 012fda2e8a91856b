/// One worker's connection to an engine; only that worker's thread uses it.
///
/// Keys and values are borrowed for the length of a call.
protocol BenchSession: AnyObject {
    /// Runs `update` as one atomic read-modify-write and returns when it is committed.
    ///
    /// No two updates in one keyspace see the same state. One that throws writes nothing.
    func run(_ update: inout some BenchUpdate, in keyspace: Int) throws
    /// Sets the value of `key`, in a commit of its own.
    func put(_ key: RawSpan, _ value: RawSpan, in keyspace: Int) throws
    /// Deletes `key`, in a commit of its own. That it is not there is no error.
    func delete(_ key: RawSpan, in keyspace: Int) throws
    /// Commits what `batch` writes: all of it or nothing.
    func commit(_ batch: inout some BenchBatch, in keyspace: Int) throws
    /// Adds an integer of 64 bits to the value of `key`, both little-endian, without reading it; in a commit of its own.
    func merge(_ key: RawSpan, _ operand: RawSpan, in keyspace: Int) throws
    /// Runs `update` over one state and commits it unless what it has read is another by then; else runs it again.
    ///
    /// - Returns: How often it had to be run again.
    func transact(_ update: inout some BenchUpdate, in keyspace: Int) throws -> Int
    /// Shows `body` the value of `key`.
    ///
    /// - Returns: Whether there is such a key; `body` has run if so.
    func read(_ key: RawSpan, in keyspace: Int, _ body: (RawSpan) throws -> Void) throws -> Bool
    /// Shows `body` the first `limit` entries whose keys start with `prefix`, in the order of their bytes.
    func scan(
        prefix: RawSpan, limit: Int, in keyspace: Int, _ body: (_ key: RawSpan, _ value: RawSpan) throws -> Void) throws
    /// Shows `body` the first `limit` entries from `key` on, in the order of their bytes, as they were at one moment.
    func scan(
        from key: RawSpan, limit: Int, in keyspace: Int, _ body: (_ key: RawSpan, _ value: RawSpan) throws -> Void)
        throws
    /// Brings what has been written into the form that the engine would give it in time, in all keyspaces, so that reads
    /// can be measured by themselves. Called while nothing else runs.
    func settle() throws
}

extension BenchSession {
    func merge(_ key: RawSpan, _ operand: RawSpan, in keyspace: Int) throws { throw MissingFeature(feature: .merges) }

    func transact(_ update: inout some BenchUpdate, in keyspace: Int) throws -> Int {
        throw MissingFeature(feature: .optimisticTransactions)
    }
}

/// What a session commits at once: a type rather than a closure, as with ``BenchUpdate``.
protocol BenchBatch {
    /// Writes through `writer`, once.
    mutating func write(to writer: inout some BenchWriter & ~Copyable) throws
}

/// What a session runs as one atomic read-modify-write: a type rather than a closure, since the transactions of some
/// engines cannot be copied and closures cannot be generic.
protocol BenchUpdate {
    /// Reads and writes through `transaction`, once.
    mutating func run(in transaction: inout some BenchTransaction & ~Copyable) throws
}

/// Takes writes that will be committed together.
protocol BenchWriter: ~Copyable {
    /// Sets the value of `key`.
    mutating func put(_ key: RawSpan, _ value: RawSpan) throws
}

/// Reads and writes inside an update.
protocol BenchTransaction: BenchWriter, ~Copyable {
    /// Shows `body` the value of `key`, as the update would leave it if it ended now.
    ///
    /// - Returns: Whether there is such a key; `body` has run if so.
    mutating func read(_ key: RawSpan, _ body: (RawSpan) throws -> Void) throws -> Bool
}
