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
                return (try AsyncTransaction(columnFamily, self), columnFamily)
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
