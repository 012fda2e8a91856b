internal import Logging
public import SystemPackage

/// A folder with a metadata database and any number of namespaces, each a database of its own or, in the other
/// ``layout-swift.property``, a column family of one database.
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
    /// The folder of the store: from the root on and without links, as the path that it was opened by was then. What
    /// happens to the process's working folder or to links afterwards does not change where the store is.
    public let path: FilePath
    /// How the store was opened.
    public let configuration: StoreConfiguration
    /// A column family for the application beside the namespaces, in the metadata database; it cannot touch the
    /// catalog. Every commit to it is synced, whatever durability the call names.
    public var metadata: Namespace { Namespace(self, metadataSlot, alwaysSynced: true) }

    let directory: StoreDirectory
    let catalog: NamespaceCatalog
    let catalogSlot: NamespaceSlot
    let pool: OpenNamespaces
    let storage: any NamespaceStorage
    let promises: RecoveryWatermarks
    let reclaimer: Reclaimer
    let usages: NamespaceUsages
    let logTrimmer: LogTrimmer
    /// Held while the set of namespaces changes: see ``lockCatalog(_:for:)``.
    let catalogLock = Lock(.catalog)
    /// Whether the store is closed or being closed. Guarded by `catalogLock`.
    private nonisolated(unsafe) var isClosing = false
    /// Held by the thread that closes it.
    private let closing = Lock(.closing)
    /// What async calls run on.
    let threads: StoreThreads
    let metadataSlot: NamespaceSlot
    let metadataDatabase: MetadataDatabase
    let log: StoreLog
    let slowCalls: SlowCalls?
    let opener: DatabaseOpener
    private let logSyncer: LogSyncer?
    private let housekeeper: MaintenanceThread?

    /// Opens the store in a folder, creating it if it is missing.
    ///
    /// - Parameters:
    ///   - path: the folder; it belongs to the store alone. Relative to the working folder as it is now. It may be or
    ///     lead through symbolic links; within the folder there may be none. Folders above it are made as needed. A new
    ///     store is not made within the folder of another, or of backups.
    ///   - configuration: the documented tuning unless you say otherwise.
    /// - Throws: `.alreadyOpen` when another handle has it, `.notAStore` when the path is a file or holds other things,
    ///   `.formatTooNew`, `.invalidArgument` for a tuning that does not hold together, `.corruption` when the store is
    ///   damaged, `.ioError` and `.noSpace` from the system. Of a store that was to be made nothing is left behind
    ///   then, and one that was there is as it was, but for files that the engine writes anew whenever it opens a
    ///   database.
    public static func open(
        at path: FilePath, configuration: StoreConfiguration = StoreConfiguration()
    ) throws(StoreError) -> Store {
        if ForkedChild.isThisProcess { throw .forked(.open) }
        try configuration.validate()
        let begun = MonotonicClock.now
        let path = try path.resolved(.open)
        let isReader = configuration.isReader
        let directory =
            try isReader
            ? StoreDirectory.openForReading(path, layout: configuration.layout)
            : StoreDirectory.open(
                path, createIfMissing: configuration.createIfMissing, layout: configuration.layout)
        let lock = directory.lock?.current
        do throws(StoreError) {
            let store = try open(directory, configuration)
            directory.spare?.release()
            store.tellOpened(since: begun)
            return store
        } catch {
            directory.abandon(lock)
            throw error
        }
    }

    private static func open(
        _ directory: StoreDirectory, _ configuration: StoreConfiguration
    ) throws(StoreError) -> Store {
        let store = try Store(directory, configuration)
        do throws(StoreError) {
            if directory.isNew { try directory.finishCreation() }
            if !configuration.isReader {
                try store.removeStagings()
                try store.recoverNamespaces()
            }
            try store.warnOfMemory()
            return store
        } catch {
            try? store.close()
            throw error
        }
    }

    /// Makes the handle of a store, and the databases of one that is new, which `StoreDirectory.finishCreation` has to
    /// follow.
    init(_ directory: StoreDirectory, _ configuration: StoreConfiguration) throws(StoreError) {
        self.directory = directory
        self.path = directory.path
        self.configuration = configuration
        threads = StoreThreads(calls: configuration.callThreads, maintenance: configuration.maintenanceThreads)
        var logger = configuration.logger
        logger[metadataKey: "store"] = "\(directory.path)"
        let log = StoreLog(logger)
        self.log = log
        slowCalls = configuration.slowOperationThreshold.map { SlowCalls($0, log) }
        opener = DatabaseOpener(
            isReader: configuration.isReader, keepAlive: directory.lock, log: log,
            writesEngineLog: configuration.writesEngineLog,
            counters: configuration.collectsEngineStatistics ? EngineCounters() : nil)
        let budget = configuration.isReader ? nil : try DescriptorBudget(configuration)
        var metadataTuning = configuration.metadataTuning
        if metadataTuning.maxOpenFiles != nil { metadataTuning.maxOpenFiles = budget?.metadata }
        metadataDatabase = MetadataDatabase(
            directory, opener, metadataTuning, isReader: configuration.isReader,
            acceptsDataLoss: configuration.acceptsDataLoss)
        catalogSlot = metadataDatabase.slot(family: "default")
        catalog = NamespaceCatalog(database: catalogSlot)
        metadataSlot = metadataDatabase.slot(family: MetadataDatabase.applicationFamily, slowCalls: slowCalls)
        // Both are open from the first moment on: the store cannot do without, and they are one database.
        try metadataDatabase.create(if: directory.isNew)
        try catalogSlot.withColumnFamily(.open) { (_) throws(EngineFailure) in }
        try metadataSlot.withColumnFamily(.open) { (_) throws(EngineFailure) in }
        let cache: BlockCache? =
            switch configuration.blockCache {
            case .shared(let capacity): BlockCache(capacity: capacity)
            case .perNamespace: nil
            }
        let promises = RecoveryWatermarks(
            catalog, directory, isReader: configuration.isReader, isCatalogOlder: metadataDatabase.isOlder, log: log)
        usages = NamespaceUsages(catalog)
        self.promises = promises
        let storage: any NamespaceStorage =
            switch directory.layout {
            case .separateDatabases:
                SeparateDatabases(directory, configuration, opener, catalog, promises, budget, cache)
            case .singleDatabase:
                SharedDatabase(directory, configuration, opener, catalog, promises, budget, cache)
            }
        self.storage = storage
        let pool = OpenNamespaces(storage, promises, usages, budget, log)
        self.pool = pool
        logTrimmer = LogTrimmer(
            pool, storage, ExpiryClock(custom: configuration.timeToLiveClock), logger)
        reclaimer = Reclaimer(catalog, storage, logger)
        if directory.isNew { try storage.makeStore() }
        logSyncer =
            if let interval = configuration.walSyncInterval, !configuration.isReader {
                LogSyncer(pool, promises, interval: interval, logger: logger)
            } else { nil }
        housekeeper =
            configuration.isReader
            ? nil
            : MaintenanceThread(
                pool, usages, logTrimmer,
                EngineWatch(pool, storage, logger, tellsFailures: configuration.walSyncInterval == nil),
                memtableLimit: storage.maxOpen == nil ? nil : configuration.memtableLimit, logger: logger)
        if let housekeeper { BackgroundWorkAtExit.shared.add(housekeeper) }
        if let logSyncer { BackgroundWorkAtExit.shared.add(logSyncer) }
        BackgroundWorkAtExit.shared.add(reclaimer)
    }

    deinit {
        // A store that was not closed loses nothing: what could not be synced now is with the kernel.
        if !ForkedChild.isThisProcess, !catalogSlot.hasEnded { SeparateThread.run { try? close() } }
    }

    /// Closes the store.
    ///
    /// Calls that are running finish first; later ones throw `.closed`, as do those that wait to create or change
    /// namespaces. All write-ahead logs are synced, and what was committed without a log is flushed, so nothing can be
    /// lost any more. Snapshots are released. Cursors and pinned values that are still there keep the memory that they
    /// point to; until the last of them is gone, the store cannot be opened again. Files of dropped namespaces that are
    /// not removed yet are left to the next opening.
    /// Closing a closed store does nothing, and closing one in a child that was forked neither: it is its parent's.
    ///
    /// - Throws: the first failure to sync a log. The store is closed all the same.
    public func close() throws(StoreError) {
        if ForkedChild.isThisProcess { return }
        let begun = MonotonicClock.now
        let wasOpen = catalogSlot.isOpen
        let failures = closing.withLock { closeAll() }
        if wasOpen { tellClosed(failures, since: begun) }
        if let first = failures.first { throw first }
    }

    /// Closes everything, and goes on after a failure.
    private func closeAll() -> [StoreError] {
        // Nothing is being created or dropped any more. The lock is not kept: those who wait for it are to be told so,
        // and not to be waited for by the calls that are waited for here.
        catalogLock.withLock {
            isClosing = true
            storage.beginClosing()
        }
        logSyncer?.stop()
        housekeeper?.stop()
        var failures: [StoreError] = []
        func attempt(_ step: () throws(StoreError) -> Void) {
            do throws(StoreError) { try step() } catch { failures.append(error) }
        }
        func close(_ slot: NamespaceSlot) throws(StoreError) {
            try slot.close(.closed, .close) { (columnFamily) throws(EngineFailure) in
                defer {
                    if slot.id != 0 {
                        promises.note(slot.id, columnFamily.database.log)
                        usages.note(slot, columnFamily)
                    }
                }
                // The log of several is closed with the last of them.
                if columnFamily.isAlone { try columnFamily.database.closeLog() }
            }
        }
        for slot in pool.all() { attempt { () throws(StoreError) in try close(slot) } }
        reclaimer.stop()
        attempt { () throws(StoreError) in try storage.close() }
        // The second time there is no catalog to write to.
        if catalogSlot.isOpen, !configuration.isReader {
            attempt { () throws(StoreError) in try promises.record() }
            attempt { () throws(StoreError) in try usages.record() }
        }
        for slot in [metadataSlot, catalogSlot] { attempt { () throws(StoreError) in try close(slot) } }
        directory.lock?.release()
        return failures
    }

    /// Refuses a call in a child of the process that opened the store.
    func checkIsNotForked(_ operation: StoreError.Operation) throws(StoreError) {
        if ForkedChild.isThisProcess { throw .forked(operation, catalogSlot.context) }
    }

    /// Takes the lock that is held while the set of namespaces changes, or while nothing may change it.
    ///
    /// - Parameter context: of what the caller asked for, which errors name.
    /// - Throws: `.closed` once the store is being closed.
    func lockCatalog(
        _ operation: StoreError.Operation, for context: ErrorContext? = nil
    ) throws(StoreError) {
        try checkIsNotForked(operation)
        catalogLock.lock()
        guard isClosing else { return }
        catalogLock.unlock()
        throw (context ?? catalogSlot.context).gone(.closed, operation)
    }

    /// Puts all that was committed so far, with a log, on disk. When it returns, a power cut loses none of it.
    ///
    /// - Throws: `.ioError` or `.noSpace` when a log could not be synced.
    public func sync() throws(StoreError) {
        try checkIsNotForked(.sync)
        // The metadata database needs none: its commits are always synced.
        try pool.syncLogs(of: pool.openSlots) { (slot) throws(StoreError) in try slot.syncLog(waits: true) }
        try catalogSlot.withColumnFamily(.sync) { (_) throws(EngineFailure) in }
    }
}
