/// A column family of its own in a store: isolated keys, its own database, its own commits.
///
/// Cheap to pass around and to keep. It stays usable when its database is closed to make room for others and opened
/// again; it keeps its store alive. Any number of threads may use it.
public final class Namespace: Sendable {
    /// Its name: the new one after ``Store/renameNamespace(_:to:)``.
    public var name: String { slot.context.namespace ?? "" }
    /// Its number in the store: never used again for another namespace, also when that has the same name; zero for
    /// ``Store/metadata``.
    public var id: UInt64 { slot.id }
    /// The store that it is in.
    public let store: Store
    let slot: NamespaceSlot
    private let configuredDurability: Durability?
    private let alwaysSynced: Bool

    init(_ store: Store, _ slot: NamespaceSlot, alwaysSynced: Bool = false) {
        self.store = store
        self.slot = slot
        self.alwaysSynced = alwaysSynced
        configuredDurability = store.configuration.durability
    }

    /// What a call that asks for `durability` gets.
    func resolve(_ durability: Durability?) -> Durability {
        alwaysSynced ? .synced : durability ?? configuredDurability ?? slot.record?.durability ?? .synced
    }

    func error(_ code: StoreError.Code, _ operation: StoreError.Operation, _ message: String) -> StoreError {
        slot.context.error(code, operation, message)
    }
}

extension Namespace {
    /// Puts all that was committed so far, with a log, on disk. When it returns, a power cut loses none of it.
    ///
    /// - Throws: `.ioError` or `.noSpace` when the log could not be synced; the namespace then takes no more writes.
    public func sync() throws(StoreError) {
        try slot.withColumnFamily(.sync) { (columnFamily) throws(EngineFailure) in
            try columnFamily.database.syncCommitted()
        }
    }

    /// Writes the memtables to table files and waits for it; the log is synced first.
    ///
    /// - Throws: `.ioError` or `.noSpace` when a file could not be written; the namespace then takes no more writes.
    public func flush() throws(StoreError) {
        try slot.withColumnFamily(.flush) { (columnFamily) throws(EngineFailure) in try columnFamily.flush() }
    }

    /// Compacts a range of keys, all by default, down to the last level and waits for it.
    ///
    /// Reclaims the space of what was deleted or overwritten. The engine does this by itself as it is needed; a large
    /// range takes as long as rewriting its data.
    ///
    /// - Throws: `.ioError`, `.noSpace` or `.corruption` when a file could not be read or written. Nothing is lost by
    ///   that.
    public func compact(_ range: KeyRange = .all) throws(StoreError) {
        try store.checkIsNotForked(.compact)
        // What stops all namespaces for a moment waits for this one first, while the others go on.
        try slot.compactions.withLock { () throws(StoreError) in
            try slot.withColumnFamily(.compact) { (columnFamily) throws(EngineFailure) in
                try columnFamily.compact(range)
            }
        }
    }

    /// Opens the namespace's database anew, which is the way back after a failed write.
    ///
    /// Waits for running calls, letting others go on in between; those that run code of the caller's (an update, a
    /// transaction, a load) for five seconds. Verifications and snapshots end. What was committed is there again; a
    /// commit that failed may be there or not, whole. In a store with the layout ``StoreLayout/singleDatabase`` all
    /// namespaces are opened anew.
    ///
    /// - Throws: `.alreadyOpen` while the caller holds the database by a cursor, a pinned value, a loop over changes or
    ///   a closure that runs, of any namespace that is in it: the error says by what and of which. Nothing was closed
    ///   then, reads, writes and those cursors go on; end them and call this again. `.closed`; `.namespaceNotFound`
    ///   when it was dropped; `.ioError`, `.noSpace` and `.corruption` when it cannot be opened, which the next call
    ///   tries again.
    public func reopen() throws(StoreError) {
        try store.checkIsNotForked(.reopen)
        try store.reopen(slot)
    }

    /// One of the engine's properties by its name, such as `rocksdb.stats` or `rocksdb.num-files-at-level0`; `nil` for
    /// a name it does not know, which is not an error.
    ///
    /// - Throws: `.closed`; `.namespaceNotFound` when it was dropped; `.ioError` when it cannot be opened. RocksDB:
    ///   `GetProperty`.
    public func property(_ name: String) throws(StoreError) -> String? {
        try slot.withColumnFamily(.property) { (columnFamily) throws(EngineFailure) in columnFamily.property(name) }
    }

    /// One of the engine's properties by its name. Runs on an I/O thread while the task is suspended: some read files.
    ///
    /// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before it begins.
    public func property(_ name: String) async throws -> String? {
        try await store.threads.calls.run { try self.property(name) }
    }
}
