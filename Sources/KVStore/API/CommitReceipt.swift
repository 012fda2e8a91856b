/// Proof that a commit was acknowledged, and the way to wait until it would survive a power cut.
///
/// Lets a caller answer early and be certain later: commit `.buffered`, go on, and call ``waitUntilDurable()`` before
/// the promise that depends on it. It keeps the namespace, and with it the store, as a handle does.
public struct CommitReceipt: Sendable {
    /// A sequence number of the namespace's database that is not below that of the commit. Each write in a batch takes
    /// one number. Zero for a commit that wrote nothing.
    public let sequence: UInt64
    /// What the commit was acknowledged with.
    public let durability: Durability
    /// The log of the database as it was opened then: numbers of another opening may mean other commits.
    let log: WALState?
    /// Nil for a commit that wrote nothing. The namespace rather than its slot, which others refer to weakly: counting
    /// its references takes four times as long.
    let namespace: Namespace?

    /// The receipt once the commit is as durable as that.
    func with(_ durability: Durability) -> CommitReceipt {
        CommitReceipt(sequence: sequence, durability: durability, log: log, namespace: namespace)
    }

    /// Whether the commit is known to survive a power cut.
    public var isDurable: Bool {
        guard let log, durability != .synced else { return true }
        return log.isDurable(sequence, isLogged: durability == .buffered)
    }

    /// Waits until the commit would survive a power cut, syncing the log where the log syncer has not done so yet.
    ///
    /// For an `.unlogged` commit the memtables are flushed: there is no log to sync. Where the store is closed or the
    /// namespace reopened meanwhile, it is their last sync that is waited for.
    ///
    /// - Throws: `.ioError` or `.noSpace` when that failed, and the commit may be lost; `.namespaceNotFound` when the
    ///   namespace was dropped. That the store was closed is no error.
    public func waitUntilDurable() throws(StoreError) {
        guard !isDurable, let namespace, let log else { return }
        do throws(StoreError) {
            try namespace.slot.withColumnFamily(.sync) { (columnFamily) throws(EngineFailure) in
                if durability == .unlogged { try columnFamily.flush() } else { try columnFamily.database.syncLog() }
                try check(columnFamily)
            }
        } catch {
            if error.code == .closed { log.waitUntilSettled(sequence) }
            try check(error, log, namespace)
        }
    }

    /// Waits until the commit would survive a power cut, sharing the sync with commits that wait for one.
    ///
    /// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before the sync begins.
    public func waitUntilDurable() async throws {
        guard !isDurable, let namespace else { return }
        guard durability != .unlogged else {
            try await namespace.store.threads.calls.run { try self.waitUntilDurable() }
            return
        }
        do {
            _ = try await namespace.slot.commit(WriteBatch(), .synced, on: namespace.store.threads.calls)
        } catch let error as StoreError {
            if error.code == .closed { await log?.waitUntilSettled(sequence) }
            try check(error, log, namespace)
        }
        // Most often all there is to ask; the rest tells why it is not so.
        if !isDurable { try await namespace.store.threads.calls.run { try self.waitUntilDurable() } }
    }

    /// Throws why it is not known that the commit is on disk, if it is not.
    private func check(_ error: StoreError, _ log: WALState?, _ namespace: Namespace) throws(StoreError) {
        guard !isDurable else { return }
        guard error.code == .closed, let failure = log?.failure else { throw error }
        throw namespace.slot.context.error(failure, .sync)
    }

    /// Throws when the database was opened anew since the commit and what was known of its log then did not cover it.
    private func check(_ columnFamily: borrowing ColumnFamily) throws(EngineFailure) {
        guard columnFamily.database.log !== log, !isDurable else { return }
        if let failure = log?.failure { throw failure }
        throw .refused(
            .ioError, "the database was reopened since this commit, and whether the commit is there is not known")
    }
}
