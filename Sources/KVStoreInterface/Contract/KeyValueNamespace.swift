/// Keys and values of their own in a store: what every backend can do with them.
///
/// Each method may throw a ``StoreError`` (`.namespaceNotFound` once the namespace was dropped, `.closed` once the store was
/// closed), and `CancellationError` for a task that is cancelled before the call has begun. A write that has begun finishes.
public protocol KeyValueNamespace: KeyValueReader {
    /// The namespace as it was at a moment.
    associatedtype Moment: KeyValueReader
    /// What the closure of a transaction reads and writes.
    associatedtype Transacting: KeyValueTransaction
    /// What a commit is acknowledged with.
    associatedtype Receipt: KeyValueReceipt

    /// Its name: the new one after a rename.
    var name: String { get }

    /// Commits a batch, all of it or nothing.
    ///
    /// - Parameter durability: what it survives when this returns; the store's default when nil.
    /// - Throws: `.invalidArgument` for what is over the ``Limits``; `.ioError` and `.noSpace` when the outcome is unknown.
    ///   A batch without writes is no error.
    @discardableResult
    nonisolated(nonsending) func commit(_ batch: WriteBatch, durability: Durability?) async throws -> Receipt

    /// Deletes every key of a range, also of one without an upper bound, atomically. That it is empty is no error.
    @discardableResult
    nonisolated(nonsending) func deleteRange(_ range: KeyRange, durability: Durability?) async throws -> Receipt

    /// The namespace as it is now: reads through it see no later write.
    nonisolated(nonsending) func snapshot() async throws -> Moment

    /// Runs `body` over one consistent view of the namespace and commits what it wrote if nothing that it read has changed
    /// meanwhile; if something has, runs it again.
    ///
    /// Serializable: as if it had run alone at the moment of its commit. Keys that were looked up count, those that were not
    /// there too, and ranges as far as they were read.
    ///
    /// - Parameters:
    ///   - maxAttempts: how often `body` is run at most.
    ///   - body: may be run several times: let it change nothing but the transaction.
    /// - Throws: `.conflict` when the last attempt had one, and nothing was written; what `body` throws.
    nonisolated(nonsending) func withTransaction<Result: Sendable>(
        durability: Durability?, maxAttempts: Int, _ body: @Sendable (Transacting) async throws -> Result
    ) async throws -> Result

    /// Runs `body` with the values of some keys and commits what it wrote, with no other update in between.
    ///
    /// For hot keys such as counters: updates that come at the same time are committed together. No update of the same keys
    /// is lost, and `body` sees all that was acknowledged before this call.
    ///
    /// - Parameter body: may be run several times: let it change nothing but the update.
    /// - Throws: `.busy` when it may succeed if it is tried again, and nothing was written; what `body` throws.
    nonisolated(nonsending) func update<Result: Sendable>(
        keys: [[UInt8]], durability: Durability?, _ body: @escaping @Sendable (inout KeyedUpdate) throws -> Result
    ) async throws -> Result
}

extension KeyValueNamespace {
    /// Runs `body` in a transaction with the store's default durability and up to ten attempts: see
    /// ``withTransaction(durability:maxAttempts:_:)``.
    public nonisolated(nonsending) func withTransaction<Result: Sendable>(
        _ body: @Sendable (Transacting) async throws -> Result
    ) async throws -> Result {
        try await withTransaction(durability: nil, maxAttempts: 10, body)
    }
}

/// A namespace whose commits can be followed.
public protocol KeyValueChanges: KeyValueNamespace {
    /// The commits, one after another.
    associatedtype ChangeSequence: AsyncSequence where ChangeSequence.Element == Change

    /// What to begin with for the commits to come: a number for ``changes(since:)``.
    nonisolated(nonsending) func latestChange() async throws -> UInt64

    /// The commits after a number, in their order, and those to come; each whole.
    ///
    /// - Returns: a sequence that throws `.changesMissing` when some of them are no longer kept, and `.invalidArgument` for a
    ///   number that there has not been.
    func changes(since number: UInt64) -> ChangeSequence
}
