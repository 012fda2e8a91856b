internal import SystemPackage

/// Each namespace as a database in a folder of its own: the layout ``StoreLayout/separateDatabases``.
final class SeparateDatabases: NamespaceStorage {
    private let directory: StoreDirectory
    private let configuration: StoreConfiguration
    private let opener: DatabaseOpener
    private let catalog: NamespaceCatalog
    private let promises: RecoveryWatermarks
    let cache: BlockCache?
    private let leftovers = Leftovers()

    let keepsWhatIsRead = true
    let commitsTogether = false
    var maxOpen: Int? { configuration.maxOpenNamespaces }
    var generation: Int? { nil }

    init(
        _ directory: StoreDirectory, _ configuration: StoreConfiguration, _ opener: DatabaseOpener,
        _ catalog: NamespaceCatalog, _ promises: RecoveryWatermarks, _ budget: DescriptorBudget?,
        _ cache: BlockCache?
    ) {
        self.directory = directory
        self.configuration = configuration
        self.opener = opener
        self.catalog = catalog
        self.promises = promises
        self.cache = cache
    }

    func databases(of slots: [NamespaceSlot]) -> [NamespaceDatabase] {
        slots.map { NamespaceDatabase(place: directory.place(of: $0.id), slots: [$0]) }
    }

    func sharedDatabase() -> Database? { nil }

    func effective(_ tuning: Tuning) -> Tuning { tuning }

    func folder(of id: UInt64) -> FilePath { directory.place(of: id).folder }

    func rangeDeletionMark(of id: UInt64) -> RangeDeletionMark {
        RangeDeletionMark(path: folder(of: id).appending("RANGES"))
    }

    func makeStore() {}

    // A folder that is there belongs to a namespace that the catalog has lost: see `checkAgainstCatalog`.
    func isFree(_ id: UInt64) -> Bool { !StoreFiles.exists(folder(of: id)) }

    func make(_ record: CatalogRecord, _ format: ValueFormat) throws(StoreError) -> UInt64 {
        let folder = folder(of: record.id)
        try StoreFiles.makeFolder(folder, .createNamespace)
        do throws(EngineFailure) {
            _ = try openDatabase(record, format, create: true, maxOpenFiles: DescriptorBudget.least)
        } catch {
            throw ErrorContext(namespace: record.name, path: folder).error(error, .createNamespace)
        }
        try sync(folder, .createNamespace)
        return 0
    }

    func isWhole(_ record: CatalogRecord) throws(StoreError) -> Bool {
        let folder = folder(of: record.id)
        guard EngineFiles.hasDatabase(folder) else { return false }
        try sync(folder, .open)
        return true
    }

    private func sync(_ folder: FilePath, _ operation: StoreError.Operation) throws(StoreError) {
        try StoreFiles.syncFolder(folder, operation)
        try StoreFiles.syncFolder(directory.namespaces, operation)
    }

    func remove(
        _ id: UInt64, _ operation: StoreError.Operation, while goOn: () -> Bool
    ) throws(StoreError) -> Bool {
        try StoreFiles.remove(folder(of: id), operation, while: goOn)
    }

    func syncRemovals(_ operation: StoreError.Operation) throws(StoreError) {
        try StoreFiles.syncFolder(directory.namespaces, operation)
    }

    func sizeOnDisk(_ id: UInt64, _ slot: NamespaceSlot?) throws(StoreError) -> DiskSize {
        try StoreFiles.sizeOnDisk(folder(of: id), .statistics)
    }

    func open(
        _ record: CatalogRecord, _ format: ValueFormat, maxOpenFiles: Int?, _ context: ErrorContext
    ) throws(StoreError) -> ColumnFamily {
        let folder = folder(of: record.id)
        // Left by a crash: this is the first opening, before any load of ours.
        if !configuration.isReader { try leftovers.removeOnce(folder) }
        if !configuration.acceptsDataLoss { try promises.checkManifest(record.id, context) }
        try EngineFiles.check(folder, .open)
        let columnFamily: ColumnFamily
        do throws(EngineFailure) {
            let database = try openDatabase(record, format, create: false, maxOpenFiles: maxOpenFiles)
            columnFamily = try ColumnFamily(database, usesRangeDeletions: false, format: format)
        } catch {
            // Dropped by the writer beside us.
            if configuration.isReader, !StoreFiles.exists(folder) { throw context.gone(.namespaceNotFound, .open) }
            throw context.error(error, .open)
        }
        try promises.check(
            record.id, columnFamily.database.latestSequence, of: [record.id: record.name],
            acceptingLoss: configuration.acceptsDataLoss, context)
        if try looksForRangeDeletions(record, configuration, isCatalogOlder: promises.isCatalogOlder) {
            columnFamily.beginRangeDeletions()
        }
        return columnFamily
    }

    private func openDatabase(
        _ record: CatalogRecord, _ format: ValueFormat, create: Bool, maxOpenFiles: Int?
    ) throws(EngineFailure) -> Database {
        var tuning = record.tuning ?? configuration.namespaceTuning
        if tuning.maxOpenFiles != nil { tuning.maxOpenFiles = maxOpenFiles }
        let cache = cache ?? BlockCache(capacity: tuning.blockCacheCapacity)
        return try opener.open(
            folder(of: record.id), tuning, cache, format, create: create, keepsLogs: record.changes != nil)
    }

    /// Throws when there is a database in the folder of a namespace that the catalog does not know.
    ///
    /// Its entry is on disk before its folder is made and until after that is gone. So the catalog has lost commits,
    /// and would have the namespace created anew, empty.
    func checkAgainstCatalog(_ dropped: [CatalogRecord]) throws(StoreError) {
        let known = Set(try (catalog.all() + dropped).map { String($0.id) })
        for name in try StoreFiles.list(directory.namespaces, .open) where UInt64(name) != nil && !known.contains(name)
        {
            let folder = directory.namespaces.appending(name)
            if EngineFiles.hasDatabase(folder) { throw .unknownNamespace(folder, "this folder") }
        }
    }

    func forget() {}

    func reopen(
        _ slot: NamespaceSlot, since generation: Int?,
        _ whileNamespacesStay: (([NamespaceSlot]) throws(StoreError) -> DatabaseUsers?) throws(StoreError) ->
            DatabaseUsers?
    ) throws(StoreError) -> DatabaseUsers? {
        try NamespaceSlot.reopen(slot, []) { slot.columnFamily?.database }
    }

    func makeRoom(for record: CatalogRecord, in pool: OpenNamespaces) {}

    func logRetention(of slot: NamespaceSlot) -> LogRetention? {
        guard let record = slot.record?.current else { return nil }
        let tuned = (record.tuning ?? configuration.namespaceTuning).logRetention
        return record.changes?.retention.logRetention.widened(by: tuned) ?? tuned
    }

    // The entry is asked each time.
    func noteRetention(of record: CatalogRecord) {}

    func beginClosing() {}

    func close() {}
}

/// What loads that a crash cut short may have left in the folders of databases.
final class Leftovers: @unchecked Sendable {  // guarded by its lock
    private let lock = Lock(.innermost)
    private var removed: Set<FilePath> = []

    func removeOnce(_ path: FilePath) throws(StoreError) {
        guard lock.withLock({ !removed.contains(path) }) else { return }
        try IngestFolder.removeLeftovers(in: path)
        lock.withLock { _ = removed.insert(path) }
    }
}
