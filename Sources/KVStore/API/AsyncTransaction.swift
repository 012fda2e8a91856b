/// What the closure of ``Namespace/withTransaction(durability:maxAttempts:_:)`` reads and writes.
///
/// As ``Transaction``, for a closure that suspends: reads see the namespace as it was when the attempt began, with the
/// transaction's own writes over it, and are done on an I/O thread while the task is suspended. Its calls take turns, so tasks
/// of a group may share it; those that still use it when the closure has returned get `.invalidArgument`.
public final class AsyncTransaction: @unchecked Sendable {  // `transaction` is guarded by `turn`, the rest by `lock`
    private let namespace: Namespace
    private let transaction: Transaction
    /// Held by each call for as long as it takes, on an I/O thread.
    private let turn = Lock(.transaction)
    /// Held for a moment.
    private let lock = Lock(.innermost)
    /// What was written and is not in the transaction yet: a write waits for no read.
    private var news = WriteBatch()
    private var isEnded = false

    init(_ columnFamily: ColumnFamily, _ namespace: Namespace) {
        self.namespace = namespace
        transaction = Transaction(columnFamily, namespace, thread: 0)
    }

    /// Runs `body` with the transaction, which has all that was written before. Not on a thread of Swift concurrency.
    private func inTurn<Result>(_ body: (Transaction) throws(StoreError) -> Result) throws(StoreError) -> Result {
        turn.lock()
        defer { turn.unlock() }
        try takeNews()
        return try body(transaction)
    }

    private func takeNews() throws(StoreError) {
        let batch = lock.withLock {
            defer { news = WriteBatch() }
            return news
        }
        if !batch.isEmpty { try transaction.append(batch) }
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

extension AsyncTransaction: KeyValueTransaction {
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

    /// Deletes a key, when the closure has returned and the transaction is committed. That it is not there is no error.
    ///
    /// - Throws: as ``put(_:_:)``.
    public func delete(_ key: borrowing some Bytes & ~Copyable & ~Escapable) throws(StoreError) {
        try key.withBytes { (key) throws(StoreError) in try add { $0.delete(key) } }
    }

    /// A copy of the value of a key, `nil` when there is none.
    ///
    /// - Throws: as ``Transaction/get(_:)``, and `CancellationError` for a task that is cancelled before the read begins.
    public func get(_ key: some Bytes & Sendable) async throws -> [UInt8]? {
        try await namespace.store.threads.calls.run {
            try self.inTurn { (transaction) throws(StoreError) in try transaction.get(key) }
        }
    }

    /// Copies of the values of many keys, in the order of the keys; `nil` for each that is not there.
    ///
    /// - Throws: as ``get(_:)``.
    public func getMany(_ keys: [some Bytes & Sendable]) async throws -> [[UInt8]?] {
        try await namespace.store.threads.calls.run {
            try self.inTurn { (transaction) throws(StoreError) in try transaction.getMany(keys) }
        }
    }

    /// The entries of a range of keys, in order, as copies: with the writes that were made before the first of them is asked
    /// for. For `for try await`.
    ///
    /// - Parameters:
    ///   - range: all keys by default.
    ///   - reversed: whether the last comes first.
    ///   - limit: how many at most; all by default.
    public func entries(_ range: KeyRange = .all, reversed: Bool = false, limit: Int? = nil) -> Entries {
        Entries(reversed: reversed, limit: limit, keysOnly: false, lock: turn) { () throws(StoreError) in
            try self.takeNews()
            return try self.transaction.cursor(range)
        }
    }
}

extension Namespace {
    /// Runs a closure that suspends over one consistent view of the namespace and commits what it wrote if nothing that it
    /// read has changed meanwhile; if something has, runs it again.
    ///
    /// As ``transaction(durability:maxAttempts:_:)``, whose closure does not suspend and is the cheaper one: here each read
    /// is a call to another thread. The closure runs in the caller's task. What it waits for is waited for with a snapshot
    /// held, and the longer it takes the likelier is a conflict. ``reopen()`` waits for it, a few seconds, and throws
    /// `.alreadyOpen` if it does not end.
    ///
    /// - Parameters:
    ///   - durability: what the writes survive when this returns; the store's default when nil.
    ///   - maxAttempts: how often `body` is run at most. Before each new attempt the task sleeps for up to 2 ms.
    ///   - body: may be run several times: let it change nothing but the transaction.
    /// - Throws: `.conflict` when the last attempt had one, and nothing was written; what `body` throws;
    ///   `CancellationError` for a task that is cancelled before its commit began; and as ``put(_:_:durability:)``.
    public func withTransaction<Result: Sendable>(
        durability: Durability? = nil, maxAttempts: Int = 10,
        _ body: @Sendable (AsyncTransaction) async throws -> Result
    ) async throws -> Result {
        let durability = resolve(durability)
        try checkAttempts(maxAttempts)
        let calls = store.threads.calls
        for attempt in 1...maxAttempts {
            if attempt > 1 { try await Task.sleep(for: .microseconds(Self.pause(before: attempt))) }
            let (transaction, held) = try await calls.run {
                let columnFamily = try self.openForTransactions()
                return (AsyncTransaction(columnFamily, self), columnFamily)
            }
            let result: Result
            do {
                result = try await body(transaction)
            } catch {
                try? await calls.runToEnd {
                    try? transaction.end()
                    transaction.release()
                }
                throw error
            }
            let outcome = try await calls.runToEnd {
                defer { transaction.release() }
                try transaction.end()
                return try transaction.commit(durability, held)
            }
            guard case .committed(let receipt) = outcome else { continue }
            if let receipt, durability == .synced {
                do { try await receipt.waitUntilDurable() } catch { try check(error) }
            }
            return result
        }
        throw conflict(after: maxAttempts)
    }
}
