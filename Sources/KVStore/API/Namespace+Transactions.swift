internal import Glibc

extension Namespace {
    /// Runs `body` over one consistent view of the namespace and commits what it wrote if nothing that it read has
    /// changed meanwhile; if something has, runs it again.
    ///
    /// The result is as if the transaction had run alone, at the moment of its commit: every key that it looked up and
    /// every stretch of keys that its cursors went over holds then what it held when it was read, whoever writes: other
    /// transactions, updates, plain writes, merges, loads, and the passing of time: what has expired since it was read
    /// is a conflict too. What it only wrote conflicts with nothing. A transaction that wrote nothing never conflicts.
    /// When `body` throws, nothing is written and it is not run again.
    ///
    /// ```swift
    /// try accounts.transaction { txn in
    ///     let total = try txn.entries(prefix: "balance/").collect().count
    ///     try txn.put("count", String(total))
    /// }
    /// ```
    ///
    /// `update` or `transaction`: ``update(durability:_:)`` holds other updates back while its closure runs, so it
    /// never runs twice, commits in groups, and is the faster one where many change the same few keys; but plain writes
    /// may come between its read and its commit. A transaction holds nobody back while `body` runs, reads one state,
    /// and notices every other write; it pays where `body` takes long or reads much and conflicts are rare. The two never come between each other's read and commit of the same keys unnoticed.
    ///
    /// Costs: the memory of the keys read and of the writes, a snapshot while it runs, and at its commit, if anything
    /// at all was committed since it began, a second read of what it read, while writes of the namespace wait. Plain
    /// writes share a lock in a namespace from its first transaction on, until its database is opened anew, and not
    /// before; that first transaction waits for the calls that are running, a compaction too. It is made here and not
    /// of RocksDB's optimistic transactions: as the C API opens them, they do not notice a plain write between their
    /// check and their commit.
    ///
    /// - Parameters:
    ///   - durability: what the writes survive when this returns; the store's default when nil.
    ///   - maxAttempts: how often `body` is run at most. Default 10. Before each new attempt the thread sleeps for a
    ///     random time, up to 2 ms.
    ///   - body: what to read and write. It may be run several times: let it change nothing but the transaction.
    /// - Throws: `.conflict` when the last attempt had one, and nothing was written; `.invalidArgument` within an
    ///   update of the same namespace; `.busy` within an update of another namespace when another thread has nested the
    ///   two the other way round, see ``update(durability:_:)``; what `body` throws; and as ``put(_:_:durability:)``.
    @available(*, noasync, message: "in async code, the closure and what it returns have to be Sendable")
    public func transaction<Result>(
        durability: Durability? = nil, maxAttempts: Int = 10, _ body: (Transaction) throws -> Result
    ) throws -> Result {
        try transactionWithReceipt(durability: durability, maxAttempts: maxAttempts, body).result
    }

    /// As ``transaction(durability:maxAttempts:_:)``, and returns the receipt of the commit too: one of a commit that
    /// wrote nothing where the transaction wrote nothing.
    ///
    /// - Throws: as ``transaction(durability:maxAttempts:_:)``.
    @available(*, noasync, message: "in async code, the closure and what it returns have to be Sendable")
    public func transactionWithReceipt<Result>(
        durability: Durability? = nil, maxAttempts: Int = 10, _ body: (Transaction) throws -> Result
    ) throws -> (result: Result, receipt: CommitReceipt) {
        let durability = resolve(durability)
        let (result, receipt) = try runTransaction(durability, maxAttempts, body)
        if let receipt, durability == .synced {
            do throws(StoreError) { try receipt.waitUntilDurable() } catch { try check(error) }
        }
        return (result, receipt?.with(durability) ?? emptyReceipt(durability))
    }

    /// Runs `body` over one consistent view of the namespace and commits what it wrote, as the synchronous form does.
    ///
    /// `body` runs on an I/O thread while the task is suspended; synced commits of tasks share a sync. A task that is
    /// cancelled before its first attempt throws `CancellationError` and writes nothing; after that the transaction
    /// finishes, and it may have been written when a cancelled task throws.
    ///
    /// - Throws: as the synchronous form, and `CancellationError`.
    public func transaction<Result: Sendable>(
        durability: Durability? = nil, maxAttempts: Int = 10,
        _ body: @escaping @Sendable (Transaction) throws -> Result
    ) async throws -> Result {
        try await transactionWithReceipt(durability: durability, maxAttempts: maxAttempts, body).result
    }

    /// As ``transaction(durability:maxAttempts:_:)``, and returns the receipt of the commit too.
    ///
    /// - Throws: as the synchronous form, and `CancellationError`.
    public func transactionWithReceipt<Result: Sendable>(
        durability: Durability? = nil, maxAttempts: Int = 10,
        _ body: @escaping @Sendable (Transaction) throws -> Result
    ) async throws -> (result: Result, receipt: CommitReceipt) {
        let durability = resolve(durability)
        let (result, receipt) = try await store.threads.calls.run {
            try self.runTransaction(durability, maxAttempts, body)
        }
        if let receipt, durability == .synced {
            do { try await receipt.waitUntilDurable() } catch { try check(error) }
        }
        return (result, receipt?.with(durability) ?? emptyReceipt(durability))
    }

    /// Throws what kept a transaction that is committed from being on disk, unless it is that the namespace was dropped
    /// since then: nothing is left that could be lost.
    func check<Failure: Error>(_ error: Failure) throws(Failure) {
        if (error as? StoreError)?.code != .namespaceNotFound { throw error }
    }

    /// - Returns: with the result, the receipt of what was written.
    private func runTransaction<Result>(
        _ durability: Durability, _ maxAttempts: Int, _ body: (Transaction) throws -> Result
    ) throws -> (Result, CommitReceipt?) {
        try checkAttempts(maxAttempts)
        for attempt in 1...maxAttempts {
            if attempt > 1 { usleep(Self.pause(before: attempt)) }
            let columnFamily = try openForTransactions()
            let transaction = try Transaction(columnFamily, self)
            defer { transaction.release() }
            let result: Result
            do {
                defer { transaction.end() }
                result = try body(transaction)
            }
            if transaction.isReadOnly { return (result, nil) }
            if let receipt = try commit(transaction, durability, columnFamily) { return (result, receipt) }
        }
        throw conflict(after: maxAttempts)
    }

    /// How many microseconds to wait before another attempt, so that those who are in each other's way come apart.
    static func pause(before attempt: Int) -> UInt32 { .random(in: 0...min(2000, 50 << UInt32(min(attempt, 10)))) }

    func checkAttempts(_ maxAttempts: Int) throws(StoreError) {
        guard maxAttempts < 1 else { return }
        throw error(.invalidArgument, .transaction, "maxAttempts is \(maxAttempts), it must be at least 1")
    }

    func conflict(after attempts: Int) -> StoreError {
        error(
            .conflict, .transaction,
            "what the transaction read was changed before it could commit, \(attempts) times; nothing was written. "
                + "Try again, raise maxAttempts, read less, or use update")
    }

    /// - Returns: nil for a conflict.
    func commit(
        _ transaction: Transaction, _ durability: Durability, _ held: ColumnFamily
    ) throws(StoreError) -> CommitReceipt? {
        if transaction.deletesRanges { try prepareForRangeDeletions() }
        return try held.updates.exclusively(in: NamespaceUpdates(slot: slot, columnFamily: held)) {
            () throws(StoreError) -> CommitReceipt? in
            try slot.withHeldColumnFamily(.transaction) { (columnFamily) throws(EngineFailure) -> CommitReceipt? in
                // Reopened meanwhile: what was read is not what is there now.
                guard columnFamily === held, let sequence = try transaction.commit(durability) else { return nil }
                return receipt(sequence, durability == .synced ? .buffered : durability, columnFamily)
            }
        }
    }

    /// The column family, whose plain writes let themselves be locked out from the first transaction on.
    func openForTransactions() throws(StoreError) -> ColumnFamily {
        let columnFamily = try slot.withColumnFamily(.transaction) { (columnFamily) throws(EngineFailure) in
            columnFamily
        }
        guard !columnFamily.canLockOutWrites else { return columnFamily }
        columnFamily.uses.begin(.transaction)
        defer { columnFamily.uses.end(.transaction) }
        // No write may be under way that does not.
        var opened = columnFamily
        try slot.quiesced(.transaction) { (columnFamily) throws(StoreError) in
            columnFamily.beginLockingOutWrites()
            opened = columnFamily
        }
        return opened
    }
}
