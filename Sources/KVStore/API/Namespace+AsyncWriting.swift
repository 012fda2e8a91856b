// The async forms of writes. One that need not wait is done at once on the caller's thread; one that would (for a sync,
// a flush, a database that is not open) is handed to a thread of our own while the task is suspended.
extension Namespace {
    /// Sets the value of a key.
    ///
    /// Returns when the write is what `durability` says. Synced commits of tasks that wait at the same time share one
    /// write and one sync. A task that is cancelled before its commit is taken up throws `CancellationError` and writes
    /// nothing; after that the commit finishes, and the task gets its result.
    ///
    /// - Throws: as the synchronous form, and `CancellationError`.
    @discardableResult
    public nonisolated(nonsending) func put(
        _ key: borrowing some Bytes & ~Copyable & ~Escapable, _ value: borrowing some Bytes & ~Copyable & ~Escapable,
        durability: Durability? = nil
    ) async throws -> CommitReceipt {
        var batch = WriteBatch()
        batch.put(key, value)
        return try await commit(batch, durability: durability, as: .put)
    }

    /// Sets the value of a key for a time. Waits, and can be cancelled, as ``put(_:_:durability:)``.
    ///
    /// - Throws: as the synchronous form, and `CancellationError`.
    @discardableResult
    public nonisolated(nonsending) func put(
        _ key: borrowing some Bytes & ~Copyable & ~Escapable, _ value: borrowing some Bytes & ~Copyable & ~Escapable,
        expiresAfter time: Duration, durability: Durability? = nil
    ) async throws -> CommitReceipt {
        var batch = WriteBatch()
        batch.put(key, value, expiresAfter: time)
        return try await commit(batch, durability: durability, as: .put)
    }

    /// Deletes a key. That it is not there is no error. Waits, and can be cancelled, as ``put(_:_:durability:)``.
    ///
    /// - Throws: as the synchronous form, and `CancellationError`.
    @discardableResult
    public nonisolated(nonsending) func delete(
        _ key: borrowing some Bytes & ~Copyable & ~Escapable, durability: Durability? = nil
    ) async throws -> CommitReceipt {
        var batch = WriteBatch()
        batch.delete(key)
        return try await commit(batch, durability: durability, as: .delete)
    }

    /// Deletes every key of a range. Runs on an I/O thread while the task is suspended.
    ///
    /// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before it begins.
    @discardableResult
    public func deleteRange(_ range: KeyRange, durability: Durability? = nil) async throws -> CommitReceipt {
        // The first one in a namespace is noted in the catalog, which may have to be waited for.
        try await store.threads.administration.run { try self.prepareForRangeDeletions() }
        return try await store.threads.calls.run { try self.deleteRange(range, durability: durability) }
    }

    /// Commits the writes that `body` puts into a batch: all of them or, when it throws, none. `body` runs at once on
    /// the caller's thread. Waits, and can be cancelled, as ``put(_:_:durability:)``.
    ///
    /// - Throws: what `body` throws, as the synchronous form, and `CancellationError`.
    @discardableResult
    public nonisolated(nonsending) func write(
        durability: Durability? = nil, _ body: (inout WriteBatch) throws -> Void
    ) async throws -> CommitReceipt {
        try await commit(filled(WriteBatch(), by: body), durability: durability)
    }

    /// Commits a batch, all of it or nothing. Waits, and can be cancelled, as ``put(_:_:durability:)``.
    ///
    /// - Throws: as the synchronous form, and `CancellationError`.
    @discardableResult
    public nonisolated(nonsending) func commit(
        _ batch: WriteBatch, durability: Durability? = nil
    ) async throws -> CommitReceipt {
        try await commit(batch, durability: durability, as: .write)
    }

    private nonisolated(nonsending) func commit(
        _ batch: WriteBatch, durability: Durability?, as operation: StoreError.Operation
    ) async throws -> CommitReceipt {
        try Task.checkCancellation()
        try check(batch, operation)
        let durability = resolve(durability)
        guard !batch.isEmpty else { return emptyReceipt(durability) }
        if batch.deletesRanges { try await store.threads.administration.run { try self.prepareForRangeDeletions() } }
        if durability != .synced, let receipt = try commitAtOnce(batch, durability, operation) { return receipt }
        return receipt(try await slot.commit(batch, durability, on: store.threads.calls))
    }

    /// Commits a batch unless that would have to wait; nil when it would.
    private func commitAtOnce(
        _ batch: WriteBatch, _ durability: Durability, _ operation: StoreError.Operation
    ) throws(StoreError) -> CommitReceipt? {
        try slot.withColumnFamilyIfOpen(operation) { (columnFamily) throws(EngineFailure) -> CommitReceipt? in
            try unlessIncomplete { () throws(EngineFailure) in
                receipt(try columnFamily.writeAlone(batch, durability, waits: false), durability, columnFamily)
            }
        }
    }

    /// Reads and writes in one step that no other update of this namespace comes between.
    ///
    /// `body` runs on an I/O thread, after the updates before it and with sight of their writes; all that gathers while
    /// a group is committed forms the next group. A task that is cancelled before its closure runs throws
    /// `CancellationError` and writes nothing; after that the update finishes.
    ///
    /// - Throws: as the synchronous form, and `CancellationError`.
    public func update<Result: Sendable>(
        durability: Durability? = nil, _ body: @escaping @Sendable (inout Update) throws -> Result
    ) async throws -> Result {
        let call = PendingCall<Result>()
        let request = UpdateRequest<NamespaceUpdates>(call, resolve(durability)) { writes, queue, target in
            try self.run(body, queue, target, &writes)
        } outcome: { result, _ in
            result
        }
        return try await call.wait {
            slot.tasks.updates.submit(request, on: store.threads.calls) { self.serve($0) }
        }
    }

    /// As ``update(durability:_:)``, and returns the receipt of the commit too.
    ///
    /// - Throws: as the synchronous form, and `CancellationError`.
    public func updateWithReceipt<Result: Sendable>(
        durability: Durability? = nil, _ body: @escaping @Sendable (inout Update) throws -> Result
    ) async throws -> (result: Result, receipt: CommitReceipt) {
        let durability = resolve(durability)
        let call = PendingCall<(result: Result, receipt: CommitReceipt)>()
        let request = UpdateRequest<NamespaceUpdates>(call, durability) { writes, queue, target in
            (result: try self.run(body, queue, target, &writes), target: target)
        } outcome: { ran, commit in
            (result: ran.result, receipt: self.receipt(commit, durability, ran.target))
        }
        return try await call.wait {
            slot.tasks.updates.submit(request, on: store.threads.calls) { self.serve($0) }
        }
    }

    /// Runs updates that have gathered, as one group.
    private func serve(_ requests: [UpdateRequest<NamespaceUpdates>]) {
        do throws(StoreError) {
            let target = try updates()
            target.columnFamily.updates.run(requests, in: target)
        } catch {
            for request in requests { request.fail(error) }
        }
    }
}

extension Namespace {
    /// Puts all that was committed so far, with a log, on disk. Shares the sync with commits that wait for one.
    ///
    /// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before the sync begins.
    public func sync() async throws {
        _ = try await slot.commit(WriteBatch(), .synced, on: store.threads.calls)
    }

    /// Writes the memtables to table files. Runs on an I/O thread while the task is suspended.
    ///
    /// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before it begins.
    public func flush() async throws { try await store.threads.calls.run { try self.flush() } }

    /// Compacts a range of keys. Runs on an I/O thread while the task is suspended.
    ///
    /// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before it begins.
    public func compact(_ range: KeyRange = .all) async throws {
        try await store.threads.maintenance.run { try self.compact(range) }
    }

    /// Opens the namespace's database anew. Runs on an I/O thread while the task is suspended.
    ///
    /// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before it begins.
    public func reopen() async throws { try await store.threads.administration.run { try self.reopen() } }
}
