/// What the closure of ``Namespace/withTransaction(durability:maxAttempts:_:)`` reads and writes.
///
/// As ``Transaction``, for a closure that suspends: reads see the namespace as it was when the attempt began, with the
/// transaction's own writes over it, and are done on an I/O thread while the task is suspended. Writes are kept, and wait for
/// no read. Its calls take turns, so tasks of a group may share it; those that still use it when the closure has returned get
/// `.invalidArgument`.
public final class AsyncTransaction: @unchecked Sendable {  // `transaction` is guarded by `turn`, the rest by `lock`
    private let namespace: Namespace
    private let transaction: Transaction
    /// Held by each call for as long as it takes, on an I/O thread.
    private let turn = Lock(.transaction)
    /// Held for a moment.
    private let lock = Lock(.innermost)
    /// What was written and is not in the transaction yet: a write waits for no read.
    private var news = WriteBatch()
    /// How many bytes of writes are in the transaction, which count towards the limit of a batch.
    private var taken = 0
    private var isEnded = false

    init(_ columnFamily: ColumnFamily, _ namespace: Namespace) throws(StoreError) {
        self.namespace = namespace
        transaction = try Transaction(columnFamily, namespace, thread: 0)
    }

    /// Runs `body` with the transaction, which has all that was written before. Not on a thread of Swift concurrency.
    private func inTurn<Result>(_ body: (Transaction) throws(StoreError) -> Result) throws(StoreError) -> Result {
        turn.lock()
        defer { turn.unlock() }
        let batch = lock.withLock { takeNews() }
        if !batch.isEmpty { try transaction.append(batch) }
        return try body(transaction)
    }

    private func takeNews() -> WriteBatch {
        guard !news.isEmpty else { return news }
        let batch = news
        taken += batch.byteCount
        news = WriteBatch(byteLimit: Limits.batchSize.bytes - taken)
        return batch
    }

    /// Runs a read in its turn on an I/O thread, while the task is suspended.
    nonisolated(nonsending) func read<Result: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws(StoreError) -> Result
    ) async throws -> Result {
        try await namespace.store.threads.calls.run { try self.inTurn(body) }
    }

    /// Throws if the closure is over.
    func checkInScope() throws(StoreError) {
        if lock.withLock({ isEnded }) { throw Transaction.ended(namespace) }
    }

    private func add(_ write: (inout WriteBatch) -> Void) throws(StoreError) {
        let (isLate, violation) = lock.withLock {
            if !isEnded { write(&news) }
            return (isEnded, news.takeViolation())
        }
        if isLate { throw Transaction.ended(namespace) }
        guard let violation else { return }
        throw namespace.error(.invalidArgument, .transaction, violation + "; this call wrote nothing")
    }

    /// Takes no more calls: the closure is over.
    func end() throws(StoreError) {
        lock.withLock { isEnded = true }
        try inTurn { (transaction) throws(StoreError) in transaction.end() }
    }

    enum Outcome: Sendable {
        case conflict
        /// Without a receipt where nothing was written.
        case committed(CommitReceipt?)
    }

    /// Commits what was written.
    func commit(_ durability: Durability, _ held: ColumnFamily) throws(StoreError) -> Outcome {
        try inTurn { (transaction) throws(StoreError) in
            if transaction.isReadOnly { return .committed(nil) }
            return try namespace.commit(transaction, durability, held).map(Outcome.committed) ?? .conflict
        }
    }

    /// Lets go of all that it holds.
    func release() {
        turn.lock()
        defer { turn.unlock() }
        transaction.release()
    }
}

extension AsyncTransaction: Writable {
    public typealias WriteFailure = StoreError

    /// Sets the value of a key, when the closure has returned and the transaction is committed.
    ///
    /// - Throws: `.invalidArgument` for a key or value over the ``Limits``, and when the transaction has ended. A call that
    ///   throws writes nothing; the transaction goes on.
    public func put(
        _ key: borrowing some Bytes & ~Copyable & ~Escapable, _ value: borrowing some Bytes & ~Copyable & ~Escapable
    ) throws(StoreError) {
        try key.withBytes { (key) throws(StoreError) in
            try value.withBytes { (value) throws(StoreError) in try add { $0.put(key, value) } }
        }
    }

    /// Sets the value of a key for a time that counts from the commit: see ``Transaction/put(_:_:expiresAfter:)``.
    ///
    /// - Throws: as ``put(_:_:)``; `.invalidArgument` also for a time below 1 ms, and in a namespace whose entries do not
    ///   expire.
    public func put(
        _ key: borrowing some Bytes & ~Copyable & ~Escapable, _ value: borrowing some Bytes & ~Copyable & ~Escapable,
        expiresAfter time: Duration
    ) throws(StoreError) {
        try namespace.checkExpires(.transaction)
        try key.withBytes { (key) throws(StoreError) in
            try value.withBytes { (value) throws(StoreError) in try add { $0.put(key, value, expiresAfter: time) } }
        }
    }

    /// Combines a value with what a key holds when the transaction is committed: see ``Transaction/merge(_:_:)``.
    ///
    /// - Throws: as ``put(_:_:)``; `.invalidArgument` also in a namespace without a merge operator, and for an operand that
    ///   its operator does not take.
    public func merge(
        _ key: borrowing some Bytes & ~Copyable & ~Escapable, _ operand: borrowing some Bytes & ~Copyable & ~Escapable
    ) throws(StoreError) {
        try key.withBytes { (key) throws(StoreError) in
            try operand.withBytes { (operand) throws(StoreError) in
                try namespace.checkMerge(of: operand, .transaction)
                try add { $0.merge(key, operand) }
            }
        }
    }

    /// Deletes a key, when the closure has returned and the transaction is committed. That it is not there is no error.
    ///
    /// - Throws: as ``put(_:_:)``.
    public func delete(_ key: borrowing some Bytes & ~Copyable & ~Escapable) throws(StoreError) {
        try key.withBytes { (key) throws(StoreError) in try add { $0.delete(key) } }
    }

    /// Deletes every key of a range when the transaction is committed: whatever it holds then, it conflicts with nothing.
    ///
    /// - Throws: as ``put(_:_:)``; `.invalidArgument` also for a range without an upper bound.
    public func deleteRange(_ range: KeyRange) throws(StoreError) { try add { $0.deleteRange(range) } }
}

extension AsyncTransaction: KeyValueTransaction {
    /// A copy of the value of a key, `nil` when there is none. The key is copied, so that it may be a span too.
    ///
    /// - Throws: as ``Transaction/get(_:)``, and `CancellationError` for a task that is cancelled before the read begins.
    public nonisolated(nonsending) func get(
        _ key: borrowing some Bytes & ~Copyable & ~Escapable
    ) async throws -> [UInt8]? {
        let key = key.withBytes { Array($0) }
        return try await read { (transaction) throws(StoreError) in try transaction.get(key) }
    }

    /// Whether a key is there.
    ///
    /// - Throws: as ``get(_:)``. A missing key is not an error.
    public nonisolated(nonsending) func contains(
        _ key: borrowing some Bytes & ~Copyable & ~Escapable
    ) async throws -> Bool {
        let key = key.withBytes { Array($0) }
        return try await read { (transaction) throws(StoreError) in try transaction.contains(key) }
    }

    /// Copies of the values of many keys, in the order of the keys; `nil` for each that is not there.
    ///
    /// - Throws: as ``get(_:)``.
    public nonisolated(nonsending) func getMany(_ keys: [some Bytes]) async throws -> [[UInt8]?] {
        let keys = keys.map { $0.withBytes { Array($0) } }
        return try await read { (transaction) throws(StoreError) in try transaction.getMany(keys) }
    }

    /// The entries of a range of keys, in order, as copies: with the writes that were made before the first of them is asked
    /// for. For `for try await`.
    ///
    /// - Parameters:
    ///   - range: all keys by default.
    ///   - reversed: whether the last comes first.
    ///   - limit: how many at most; all by default.
    public func entries(
        _ range: KeyRange = .all, reversed: Bool = false, limit: Int? = nil
    ) -> AsyncTransactionEntries {
        AsyncTransactionEntries(self, range, reversed: reversed, limit: limit)
    }
    /// The entries of a range of keys such as `"a"..<"b"`, in order, as copies.
    public func entries(
        _ range: some KeyRangeExpression, reversed: Bool = false, limit: Int? = nil
    ) -> AsyncTransactionEntries {
        entries(range.keyRange, reversed: reversed, limit: limit)
    }

    /// The entries whose keys begin with `prefix`, in order, as copies.
    public func entries(
        prefix: borrowing some Bytes & ~Copyable & ~Escapable, reversed: Bool = false, limit: Int? = nil
    ) -> AsyncTransactionEntries {
        entries(.prefix(prefix), reversed: reversed, limit: limit)
    }
}
