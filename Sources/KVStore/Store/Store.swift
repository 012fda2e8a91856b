internal import Logging
public import SystemPackage

/// A folder with a metadata database and any number of namespaces, each a database of its own.
///
/// ```swift
/// let store = try Store.open(at: "/var/lib/app")
/// let orders = try store.namespace("orders", createIfMissing: true)
/// try orders.put("order/1", "pending")
/// try store.close()
/// ```
///
/// One process at a time has a store open, through one `Store`, which any number of threads may use. Others may read
/// beside it: see ``StoreConfiguration/access-swift.property``.
public final class Store: Sendable {
    /// The folder of the store.
    public let path: FilePath
    /// How the store was opened.
    public let configuration: StoreConfiguration
    /// A keyspace for the application beside the namespaces, in the metadata database; it cannot touch the catalog.
    /// Every commit to it is synced, whatever durability the call names.
    public var metadata: Namespace { Namespace(self, metadataSlot, alwaysSynced: true) }

    let directory: StoreDirectory
    let catalog: NamespaceCatalog
    let pool: NamespacePool
    let namespaceCache: BlockCache?
    let promises: DurablePromises
    let reclaimer: Reclaimer
    let usages: NamespaceUsages
    /// Held while the set of namespaces changes.
    let catalogLock = Lock()
    let metadataSlot: KeyspaceSlot
    let metadataDatabase: MetadataDatabase
    let opener: DatabaseOpener
    private let logSyncer: LogSyncer?
    private let housekeeper: Housekeeper?

    /// Opens the store in a folder, creating it if it is missing.
    ///
    /// - Parameters:
    ///   - path: the folder; it belongs to the store alone.
    ///   - configuration: the documented tuning unless you say otherwise.
    /// - Throws: `.alreadyOpen` when another handle has it, `.notAStore` when the path is a file or holds other things,
    ///   `.formatTooNew`, `.invalidArgument` for a tuning that does not hold together, `.corruption` when the store is
    ///   damaged, `.ioError` and `.noSpace` from the system. Nothing is left behind then.
    public static func open(
        at path: FilePath, configuration: StoreConfiguration = StoreConfiguration()
    ) throws(StoreError) -> Store {
        try configuration.validate()
        let isReader = configuration.isReader
        let directory =
            try isReader
            ? StoreDirectory.openForReading(path)
            : StoreDirectory.open(path, createIfMissing: configuration.createIfMissing)
        let store = try Store(directory, configuration)
        if !isReader {
            try store.removeStagings()
            try store.recoverNamespaces()
        }
        try store.warnOfMemory()
        return store
    }

    /// The slots whose keyspaces are in the same database.
    func slots(sharingDatabaseOf slot: KeyspaceSlot) -> [KeyspaceSlot] {
        slot === metadataSlot ? [metadataSlot, catalog.slot] : [slot]
    }

    private init(_ directory: StoreDirectory, _ configuration: StoreConfiguration) throws(StoreError) {
        self.directory = directory
        self.path = directory.path
        self.configuration = configuration
        opener = DatabaseOpener(isReader: configuration.isReader, keepAlive: directory.lock)
        let budget = configuration.isReader ? nil : try DescriptorBudget(configuration)
        var metadataTuning = configuration.metadataTuning
        if metadataTuning.maxOpenFiles != nil { metadataTuning.maxOpenFiles = budget?.metadata }
        metadataDatabase = MetadataDatabase(directory, opener, metadataTuning)
        catalog = NamespaceCatalog(slot: metadataDatabase.slot(family: "default"))
        metadataSlot = metadataDatabase.slot(family: MetadataDatabase.applicationFamily)
        // Both are open from the first moment on: the store cannot do without, and they are one database.
        try metadataDatabase.create(if: directory.isNew)
        try catalog.slot.withKeyspace(.open) { (_) throws(EngineFailure) in }
        try metadataSlot.withKeyspace(.open) { (_) throws(EngineFailure) in }
        if directory.isNew { try directory.finishCreation() }
        namespaceCache =
            switch configuration.blockCache {
            case .shared(let capacity): BlockCache(capacity: capacity)
            case .perNamespace: nil
            }
        let promises = DurablePromises(catalog, directory, isReader: configuration.isReader)
        usages = NamespaceUsages(catalog)
        let pool = NamespacePool(
            maxOpen: configuration.maxOpenNamespaces, promises, usages, budget, configuration.logger)
        self.promises = promises
        self.pool = pool
        reclaimer = Reclaimer(catalog, directory, configuration.logger)
        logSyncer =
            if let interval = configuration.walSyncInterval, !configuration.isReader {
                LogSyncer(pool, promises, interval: interval, logger: configuration.logger)
            } else { nil }
        housekeeper =
            configuration.isReader
            ? nil : Housekeeper(pool, usages, memtableLimit: configuration.memtableLimit, logger: configuration.logger)
        if let housekeeper { BackgroundWorkAtExit.shared.add(housekeeper) }
        if let logSyncer { BackgroundWorkAtExit.shared.add(logSyncer) }
        BackgroundWorkAtExit.shared.add(reclaimer)
    }

    deinit {
        // A store that was not closed loses nothing: what could not be synced now is with the kernel.
        try? close()
    }

    /// Closes the store.
    ///
    /// Calls that are running finish first; later ones throw `.closed`. All write-ahead logs are synced, so nothing that
    /// was committed with a log can be lost any more. Snapshots are released. Cursors and pinned values that are still
    /// there keep the memory that they point to; until the last of them is gone, the store cannot be opened again. Files of
    /// dropped namespaces that are not removed yet are left to the next opening.
    /// Closing a closed store does nothing.
    ///
    /// - Throws: the first failure to sync a log. The store is closed all the same.
    public func close() throws(StoreError) {
        logSyncer?.stop()
        housekeeper?.stop()
        // Nothing is being created or dropped meanwhile, and nothing will be.
        catalogLock.lock()
        defer { catalogLock.unlock() }
        var failures: [StoreError] = []
        func attempt(_ step: () throws(StoreError) -> Void) {
            do throws(StoreError) { try step() } catch { failures.append(error) }
        }
        func close(_ slot: KeyspaceSlot) throws(StoreError) {
            try slot.close(.closed, .close) { (keyspace) throws(EngineFailure) in
                defer {
                    if slot.id != 0 {
                        promises.note(slot.id, keyspace.database.log)
                        usages.note(slot, keyspace)
                    }
                }
                try keyspace.database.closeLog()
            }
        }
        for slot in pool.all() { attempt { () throws(StoreError) in try close(slot) } }
        reclaimer.stop()
        // The second time there is no catalog to write to.
        if catalog.slot.isOpen, !configuration.isReader {
            attempt { () throws(StoreError) in try promises.record() }
            attempt { () throws(StoreError) in try usages.record() }
        }
        for slot in [metadataSlot, catalog.slot] { attempt { () throws(StoreError) in try close(slot) } }
        directory.lock?.release()
        if let first = failures.first { throw first }
    }

    /// Puts all that was committed so far, with a log, on disk. When it returns, a power cut loses none of it.
    ///
    /// - Throws: `.ioError` or `.noSpace` when a log could not be synced.
    public func sync() throws(StoreError) {
        // The metadata database needs none: its commits are always synced.
        for slot in pool.openSlots {
            _ = try slot.syncLog(waits: true)
        }
        try catalog.slot.withKeyspace(.sync) { (_) throws(EngineFailure) in }
    }
}
