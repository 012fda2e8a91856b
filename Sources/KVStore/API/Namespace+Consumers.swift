extension Namespace {
    /// How far back the changes of the namespace can be read: see ``NamespaceOptions/changes``; `nil` where none are kept for
    /// it.
    ///
    /// - Throws: `.namespaceNotFound` when it was dropped; `.closed`; `.invalidArgument` for ``Store/metadata``.
    public var changeRetention: ChangeRetention? {
        get throws(StoreError) { try store.record(of: slot, .changes).changes?.retention }
    }

    /// Has changes kept for longer or shorter, or with nil for no longer than recovery needs. On disk when this returns.
    ///
    /// Less counts within about a second. More counts at once where the database keeps its log already; else from when it
    /// is next opened: by ``reopen()``, after it was closed to make room, or with the store. What is gone by then stays
    /// gone.
    ///
    /// - Returns: whether that waits for the next opening.
    /// - Throws: `.invalidArgument` for a time or a size that it does not take; `.namespaceNotFound` when the namespace was
    ///   dropped; `.readOnly`; `.closed`; `.ioError` and `.noSpace` from the system.
    @discardableResult
    public func setChangeRetention(_ retention: ChangeRetention?) throws(StoreError) -> Bool {
        if let complaint = retention?.complaint { throw error(.invalidArgument, .changes, complaint) }
        try store.changeRecord(of: slot, .changes) { (record) throws(StoreError) in
            record.changes = retention.map(CatalogRecord.KeptChanges.init)
        } applied: { (record) throws(StoreError) in
            store.storage.noteRetention(of: record)
        }
        guard retention != nil else { return false }
        let keepsLogs = try slot.withColumnFamilyIfOpen(.changes) { (columnFamily) throws(EngineFailure) -> Bool? in
            columnFamily.database.keepsLogs
        }
        return keepsLogs == false
    }

    /// Has changes kept for longer or shorter. Runs on an I/O thread while the task is suspended.
    ///
    /// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before it begins.
    @discardableResult
    public func setChangeRetention(_ retention: ChangeRetention?) async throws -> Bool {
        try await store.threads.administration.run { try self.setChangeRetention(retention) }
    }

    /// A reader of the changes whose place is kept in the store, made when there is none of that name. On disk when this
    /// returns.
    ///
    /// - Parameters:
    ///   - name: of 1 to 255 bytes of UTF-8 without control characters.
    ///   - sequence: where one that is made begins: behind that sequence number, zero for the first commit; behind the last
    ///     commit when `nil`, which is the default. One that is there goes on where it was.
    /// - Throws: `.invalidName`; `.invalidArgument` for a namespace that keeps no changes (``NamespaceOptions/changes``), for
    ///   a number that it has not come to, and for ``Store/metadata``; `.namespaceNotFound` when it was dropped;
    ///   `.readOnly` when one would have to be made; `.closed`; `.ioError` and `.noSpace` from the system.
    public func consumer(_ name: String, startingAfter sequence: UInt64? = nil) throws(StoreError) -> ChangeConsumer {
        try NamespaceName.check(name, .changes, of: "a consumer")
        let consumer = ChangeConsumer(name: name, namespace: self)
        let record = try store.record(of: slot, .changes)
        if try store.catalog.place(of: name, id, .changes) != nil { return consumer }
        guard record.changes != nil || store.effectiveTuning(of: record).logRetention != nil else {
            throw error(
                .invalidArgument, .changes,
                "the namespace keeps no changes: create it with NamespaceOptions.changes, or call setChangeRetention")
        }
        let start = try makeDurable(sequence)
        try store.lockCatalog(.changes, for: slot.context)
        defer { store.catalogLock.unlock() }
        _ = try store.record(of: slot, .changes)
        guard try store.catalog.place(of: name, id, .changes) == nil else { return consumer }
        try store.catalog.setPlace(of: name, id, to: ConsumerPlace(start), .changes)
        return consumer
    }

    /// A reader of the changes whose place is kept in the store. Runs on an I/O thread while the task is suspended.
    ///
    /// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before it begins.
    public func consumer(_ name: String, startingAfter sequence: UInt64? = nil) async throws -> ChangeConsumer {
        try await store.threads.calls.run { try self.consumer(name, startingAfter: sequence) }
    }

    /// The readers of the changes whose places are kept in the store, ordered by the bytes of their names.
    ///
    /// - Throws: `.namespaceNotFound` when the namespace was dropped; `.invalidArgument` for ``Store/metadata``; `.closed`;
    ///   `.corruption` and `.ioError` when the catalog cannot be read.
    public func consumers() throws(StoreError) -> [ChangeConsumer] {
        _ = try store.record(of: slot, .changes)
        return try store.catalog.consumers(of: id, .changes).map { ChangeConsumer(name: $0.name, namespace: self) }
    }

    /// The readers of the changes whose places are kept in the store. Runs on an I/O thread while the task is suspended.
    ///
    /// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before it begins.
    public func consumers() async throws -> [ChangeConsumer] {
        try await store.threads.calls.run { try self.consumers() }
    }

    /// Forgets a reader of the changes. On disk when this returns; loops of it go on, and can acknowledge nothing more.
    ///
    /// - Throws: `.namespaceNotFound` when the namespace was dropped; `.invalidArgument` for ``Store/metadata``;
    ///   `.readOnly`; `.closed`; `.ioError` and `.noSpace` from the system. One that is not there is no error.
    public func removeConsumer(_ name: String) throws(StoreError) {
        try store.lockCatalog(.changes, for: slot.context)
        defer { store.catalogLock.unlock() }
        _ = try store.record(of: slot, .changes)
        guard try store.catalog.place(of: name, id, .changes) != nil else { return }
        try store.catalog.removeConsumer(name, id, .changes)
    }

    /// Forgets a reader of the changes. Runs on an I/O thread while the task is suspended.
    ///
    /// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before it begins.
    public func removeConsumer(_ name: String) async throws {
        try await store.threads.calls.run { try self.removeConsumer(name) }
    }
}

extension Namespace {
    /// Puts the commits up to a sequence number on disk, so that nothing else can have that number after a crash.
    ///
    /// - Parameter sequence: nil for that of the last commit.
    /// - Returns: the number.
    /// - Throws: `.invalidArgument` when the namespace has not come to it.
    @discardableResult
    func makeDurable(_ sequence: UInt64?) throws(StoreError) -> UInt64 {
        try slot.withColumnFamily(.changes) { (columnFamily) throws(EngineFailure) in
            let database = columnFamily.database
            let latest = database.latestSequence
            let sequence = sequence ?? latest
            guard sequence <= latest else {
                throw .refused(
                    .invalidArgument, "the namespace has come to sequence number \(latest), not to \(sequence)")
            }
            if database.isReader { return sequence }
            // What went past the log is not on disk by a sync.
            if database.log.holdsUnlogged {
                try columnFamily.flush()
            } else if database.log.durableSequence < sequence {
                try database.syncLog()
            } else {
                try columnFamily.keepFound(sequence)
            }
            return sequence
        }
    }
}
