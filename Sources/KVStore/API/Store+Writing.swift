extension Store {
    /// Commits the writes that `body` puts into a batch, to any number of namespaces: all of them or, when it throws,
    /// none.
    ///
    /// ```swift
    /// try store.write { batch in
    ///     batch.put("order/1", "paid", in: orders)
    ///     batch.delete("cart/7", in: carts)
    /// }
    /// ```
    ///
    /// Atomic for readers that see each namespace after the commit, and for crashes: afterwards all of it is there or
    /// nothing. What is read of two namespaces one after another may be of before and after it; a snapshot is of one
    /// namespace. Writes to several namespaces need one log: a store with the layout ``StoreLayout/singleDatabase``. In one
    /// with ``StoreLayout/separateDatabases`` only a batch for one namespace is taken, as ``Namespace/write(durability:_:)``
    /// does. RocksDB: `WriteBatch` over column families.
    ///
    /// - Parameters:
    ///   - durability: what it survives when this returns; the store's default when nil. Not `.unlogged`, since it is the
    ///     log that holds the parts together; where that is the default, `.buffered`.
    ///   - body: puts the writes in, at once.
    /// - Throws: what `body` throws; `.invalidArgument` for several namespaces in separate databases, for
    ///   ``metadata``, which is in a database of its own, for namespaces of another store, for `.unlogged`, and as
    ///   ``Namespace/commit(_:durability:)``; nothing was written then. A batch without writes is no error.
    @discardableResult
    public func write(
        durability: Durability? = nil, _ body: (inout StoreBatch) throws -> Void
    ) throws -> CommitReceipt {
        try commit(filled(StoreBatch(), by: body), durability: durability)
    }

    /// Commits a batch of writes to any number of namespaces, all of it or nothing: see ``write(durability:_:)``.
    ///
    /// - Throws: as ``write(durability:_:)``. A batch without writes is no error.
    @discardableResult
    public func commit(_ batch: StoreBatch, durability: Durability? = nil) throws(StoreError) -> CommitReceipt {
        try commit(batch, durability, waits: true)
    }

    /// Commits the writes that `body` puts into a batch, to any number of namespaces. `body` runs at once on the
    /// caller's thread; what would have to wait is done on an I/O thread while the task is suspended. A task that is
    /// cancelled before that begins throws `CancellationError` and writes nothing; after that the commit finishes.
    ///
    /// - Throws: as the synchronous form, and `CancellationError`.
    @discardableResult
    public nonisolated(nonsending) func write(
        durability: Durability? = nil, _ body: (inout StoreBatch) throws -> Void
    ) async throws -> CommitReceipt {
        try await commit(filled(StoreBatch(), by: body), durability: durability)
    }

    /// Commits a batch of writes to any number of namespaces. Waits, and can be cancelled, as ``write(durability:_:)``.
    ///
    /// - Throws: as the synchronous form, and `CancellationError`.
    @discardableResult
    public func commit(_ batch: StoreBatch, durability: Durability? = nil) async throws -> CommitReceipt {
        try Task.checkCancellation()
        // The first range deletion of a namespace is noted in the catalog, which may have to be waited for.
        let deletesRanges = batch.parts.contains { $0.writes.deletesRanges }
        let threads = deletesRanges ? threads.administration : threads.calls
        return try await threads.run { try self.commit(batch, durability, waits: true) }
    }

    private func commit(
        _ batch: StoreBatch, _ durability: Durability?, waits: Bool
    ) throws(StoreError) -> CommitReceipt {
        for part in batch.parts { try check(part.namespace, part.writes) }
        let parts = batch.parts.filter { !$0.writes.isEmpty }
        guard let first = parts.first else {
            return CommitReceipt(sequence: 0, durability: .synced, log: nil, namespace: nil)
        }
        if parts.count == 1 { return try first.namespace.commit(first.writes, durability: durability) }
        guard storage.commitsTogether else {
            throw refuse(
                "namespaces that are separate databases have no log in common and cannot be committed to together; use a "
                    + "store with the layout singleDatabase (see copy(to:layout:)), or commit to one after another")
        }
        guard durability != .unlogged else {
            throw refuse("a commit to several namespaces is held together by the log and cannot be .unlogged")
        }
        guard batch.byteCount <= Limits.batchSize.bytes else {
            throw refuse("a batch of \(batch.byteCount) bytes is over the limit of \(Limits.batchSize)")
        }
        let byDefault = first.namespace.resolve(nil)
        let durability = durability ?? (byDefault == .unlogged ? .buffered : byDefault)
        for part in parts where part.writes.deletesRanges { try part.namespace.prepareForRangeDeletions() }
        return try NamespaceSlot.withColumnFamilies(of: parts.map(\.namespace.slot), .write) {
            (columnFamilies) throws(EngineFailure) in
            guard columnFamilies.allSatisfy({ $0.database === columnFamilies[0].database }) else {
                throw .refused(.busy, "the namespaces are just being reopened; try again")
            }
            let writes = zip(columnFamilies, parts).map { ($0, $1.writes) }
            let sequence = try ColumnFamily.write(writes, durability, waits: waits)
            return first.namespace.receipt(sequence, durability, columnFamilies[0])
        }
    }

    private func check(_ namespace: Namespace, _ writes: WriteBatch) throws(StoreError) {
        guard namespace.store === self else {
            throw refuse("the namespace \"\(namespace.name)\" is of another store")
        }
        guard namespace.slot !== metadataSlot else {
            throw refuse(
                "the application's metadata is in a database of its own and cannot be committed to together with namespaces; "
                    + "write to it by itself")
        }
        try namespace.check(writes, .write)
    }

    private func refuse(_ message: String) -> StoreError {
        StoreError(.invalidArgument, .write, path: path, message + "; nothing was written")
    }
}
