internal import SystemPackage

/// Copies the databases of a store to a folder, all as they are at one moment.
struct StoreCopy {
    private let store: Store
    private let folder: FilePath
    private let operation: StoreError.Operation
    /// What may be left in memtables when the store is stopped: so much of the logs is copied meanwhile.
    private static let smallMemtables = ByteCount.mebibytes(4)

    init(_ store: Store, _ folder: FilePath, _ operation: StoreError.Operation) {
        self.store = store
        self.folder = folder
        self.operation = operation
    }

    func make() throws(StoreError) {
        for slot in store.pool.openSlots + [store.catalogSlot] { try prepare(slot) }
        try store.lockCatalog(operation)
        defer { store.catalogLock.unlock() }
        var namespaces: [NamespaceSlot] = []
        for record in try store.catalog.all() { namespaces.append(try store.slot(for: record)) }
        namespaces.sort { $0.id < $1.id }
        // Waited for before anything is stopped.
        for slot in namespaces { slot.compactions.lock() }
        defer { for slot in namespaces { slot.compactions.unlock() } }
        let slots = namespaces + [store.catalogSlot, store.metadataSlot]
        let shared = try store.storage.sharedDatabase()
        let target = StoreDirectory(path: folder, lock: nil, isNew: false, layout: store.layout)
        if shared == nil { try StoreFiles.makeFolder(target.namespaces, operation) }
        try NamespaceSlot.stopped(slots, operation) { (columnFamilies) throws(StoreError) in
            for database in store.storage.databases(of: namespaces) {
                try copy(database, shared ?? database.slots.lazy.compactMap(\.columnFamily?.database).first, to: target)
            }
            guard let metadata = columnFamilies[namespaces.count] else {
                throw store.catalogSlot.context.gone(.closed, operation)
            }
            let copied = folder.appending("metadata")
            try copy(metadata.database, store.catalogSlot.context, to: copied)
            // A backup has digests of its files.
            guard operation != .backup else { return }
            _ = try MetadataWatermark(folder, of: copied, after: 0, sequence: metadata.database.log.durableSequence)
        }
    }

    /// Does what need not wait until the store is stopped: writes large memtables to table files and syncs the logs, of
    /// which all but the last are hard links in the copy.
    private func prepare(_ slot: NamespaceSlot) throws(StoreError) {
        _ = try slot.withColumnFamilyIfOpen(operation) { (columnFamily) throws(EngineFailure) -> Void? in
            let size = columnFamily.integerProperty(.memtableSize)
            if size > UInt64(Self.smallMemtables.bytes) || columnFamily.database.log.holdsUnlogged {
                try columnFamily.flush()
            } else {
                try columnFamily.database.syncLog()
            }
        }
    }

    /// - Parameter open: the same, if it is open; it is kept from being opened.
    private func copy(
        _ database: NamespaceDatabase, _ open: Database?, to directory: StoreDirectory
    ) throws(StoreError) {
        let folder = directory.place(of: database.place.number).folder
        guard let open else {
            let keepsLogs = database.slots.contains { $0.record?.current.changes != nil }
            return try copyClosed(database.place.folder, to: folder, keepsLogs: keepsLogs)
        }
        let context = database.slots.first { $0.id == database.place.number }?.context
        try copy(open, context ?? ErrorContext(namespace: nil, path: database.place.folder), to: folder)
        // What is kept for readers of changes, which the engine's copy does not have.
        if open.keepsLogs { try open.archivedLogs.copy(to: folder, operation) }
        for slot in database.slots { try copyMark(of: slot, to: folder) }
    }

    private func copy(_ database: Database, _ context: ErrorContext, to target: FilePath) throws(StoreError) {
        do throws(EngineFailure) {
            // What it holds of a write that failed is not known.
            if let failure = database.log.failure { throw failure }
            try database.checkpoint(to: target.string, flushing: database.log.holdsUnlogged)
        } catch {
            throw context.error(error, operation)
        }
    }

    /// Says of the copy of a namespace what is said of it.
    private func copyMark(of slot: NamespaceSlot, to target: FilePath) throws(StoreError) {
        let mark = store.storage.rangeDeletionMark(of: slot.id)
        guard mark.exists, let name = mark.path.lastComponent else { return }
        try RangeDeletionMark(path: target.appending(name)).make(operation)
    }

    /// Copies a database that is not open and is kept from being opened. Its files are never changed, only replaced.
    private func copyClosed(_ source: FilePath, to target: FilePath, keepsLogs: Bool) throws(StoreError) {
        try EngineFiles.check(source, operation)
        try StoreFiles.makeFolder(target, operation)
        for name in try StoreFiles.list(source, operation) where !EngineFiles.isLockOrInfoLog(name) {
            let file = source.appending(name)
            guard !StoreFiles.isDirectory(file) else { continue }
            try StoreFiles.linkOrCopy(file, to: target.appending(name), operation)
        }
        if keepsLogs { try ArchivedLogs(of: source).copy(to: target, operation) }
    }
}
