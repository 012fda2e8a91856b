internal import SystemPackage

/// All namespaces as column families of one database, named by their numbers: the layout
/// ``StoreLayout/singleDatabase``.
///
/// Opened at the first use of any of them and kept open. The default column family holds nothing of anybody: see
/// ``Database/keepSequence()``.
final class SharedDatabase: NamespaceStorage, @unchecked Sendable {  // guarded by its lock
    private let directory: StoreDirectory
    private let path: FilePath
    private let configuration: StoreConfiguration
    private let opener: DatabaseOpener
    private let log: EngineLog?
    private let catalog: NamespaceCatalog
    private let promises: RecoveryWatermarks
    private let maxOpenFiles: Int?
    let cache: BlockCache?
    private let context: ErrorContext
    private let lock = Lock(.sharedDatabase)
    private var current: Database?
    /// The end of the one before, which another is not opened before.
    private var closing: DatabaseClosing?
    private var isClosed = false
    private var openings = 0
    private var hasRemovedLeftovers = false
    private var options: [OptionsKey: DatabaseOptions] = [:]
    private var familiesSinceTidying = 0
    /// The families that were made since the database was opened: the engine keeps a descriptor for each until then.
    private var recent: Set<UInt64> = []
    private var keptLogs = KeptLogs()
    /// How many of them there may be. For tests to lower.
    var recentLimit: Int
    let processLimit: Int

    let keepsWhatIsRead = false
    let commitsTogether = true
    let maxOpen: Int? = nil

    init(
        _ directory: StoreDirectory, _ configuration: StoreConfiguration, _ opener: DatabaseOpener,
        _ catalog: NamespaceCatalog, _ promises: RecoveryWatermarks, _ budget: DescriptorBudget?,
        _ cache: BlockCache?
    ) {
        self.directory = directory
        path = directory.namespaces
        self.configuration = configuration
        self.opener = opener
        log = opener.log(for: path)
        self.catalog = catalog
        self.promises = promises
        let wanted = configuration.namespaceTuning.maxOpenFiles
        maxOpenFiles = wanted.flatMap { wanted in budget?.share(of: wanted, among: 1) ?? wanted }
        let total = budget?.total ?? .max
        // The others are for table files.
        recentLimit = max(total / 2, total - (maxOpenFiles ?? total))
        processLimit = budget?.limit ?? .max
        self.cache = cache
        context = ErrorContext(namespace: nil, path: path)
    }

    func databases(of slots: [NamespaceSlot]) -> [NamespaceDatabase] {
        [NamespaceDatabase(place: directory.place(of: StoreDirectory.sharedDatabase), slots: slots)]
    }

    func sharedDatabase() throws(StoreError) -> Database? { try database() }

    func effective(_ tuning: Tuning) -> Tuning { tuning.inDatabase(configuration.namespaceTuning) }

    func folder(of id: UInt64) -> FilePath { path }

    func rangeDeletionMark(of id: UInt64) -> RangeDeletionMark {
        RangeDeletionMark(path: path.appending("RANGES-\(id)"))
    }

    static func family(of id: UInt64) -> String { String(id) }

    // MARK: The database

    func makeStore() throws(StoreError) {
        do throws(EngineFailure) {
            current = try open(create: true, [:])
        } catch {
            throw context.error(error, .open)
        }
        try StoreFiles.syncFolder(path, .open)
    }

    /// The database, opened unless it is.
    ///
    /// - Parameter caller: what errors name.
    func database(for caller: ErrorContext? = nil) throws(StoreError) -> Database {
        // Gone before it is opened anew: the engine opens none twice to write.
        if let open = openDatabase() { return open }
        waitForClosing()
        lock.lock()
        defer { lock.unlock() }
        if isClosed { throw (caller ?? context).gone(.closed, .open) }
        if let current { return current }
        let opened = try openExisting(caller ?? context)
        openings += 1
        recent = []
        current = opened
        return opened
    }

    /// The database if it is open.
    var currentDatabase: Database? { lock.withLock { current } }

    /// The same, and forgets it where it was closed.
    private func openDatabase() -> Database? {
        let forgotten = lock.withLock {
            guard let current, current.isClosed else { return nil as Database? }
            closing = current.closing
            return self.current.take()
        }
        withExtendedLifetime(forgotten) {}
        return currentDatabase
    }

    /// Waits for the end of a database that was forgotten: a call that ends in a moment may still hold it. A reader's
    /// may be held by what it likes.
    private func waitForClosing() {
        guard !configuration.isReader, let closing = lock.withLock({ closing }) else { return }
        closing.wait()
        lock.withLock { if self.closing === closing { self.closing = nil } }
    }

    /// How often the database was opened, as far as that ended well.
    var generation: Int? { lock.withLock { openings } }

    private func openExisting(_ context: ErrorContext) throws(StoreError) -> Database {
        if !configuration.isReader, !hasRemovedLeftovers {
            // Left by a crash: nothing of ours is loading yet.
            try IngestFolder.removeLeftovers(in: path)
            try removeOptionsInMaking()
            hasRemovedLeftovers = true
        }
        if !configuration.acceptsDataLoss { try promises.checkManifest(StoreDirectory.sharedDatabase, context) }
        var records: [String: CatalogRecord] = [:]
        for record in try catalog.all() {
            records[Self.family(of: record.id)] = record
            keptLogs.note(record)
        }
        keptLogs.open()
        try EngineFiles.check(path, .open)
        let database: Database
        do throws(EngineFailure) {
            database = try open(create: false, records)
        } catch {
            throw context.error(error, .open)
        }
        if !configuration.isReader, !configuration.acceptsDataLoss { try check(database, records) }
        try promises.check(
            StoreDirectory.sharedDatabase, database.latestSequence,
            of: Dictionary(records.values.map { ($0.id, $0.name) }) { first, _ in first },
            acceptingLoss: configuration.acceptsDataLoss, context)
        return database
    }

    private func open(create: Bool, _ records: [String: CatalogRecord]) throws(EngineFailure) -> Database {
        try opener.openShared(path, create: create) { mode, family in
            self.options(records[family], mode, isDefault: family == "default")
        }
    }

    /// Throws when there is a family of a namespace that the catalog does not know: see
    /// ``SeparateDatabases/checkAgainstCatalog()``.
    private func check(_ database: Database, _ records: [String: CatalogRecord]) throws(StoreError) {
        let unknown = database.families.filter { $0 != "default" && records[$0] == nil }
        guard !unknown.isEmpty else { return }
        try checkAreUnderWay(unknown)
    }

    private func checkAreUnderWay(_ unknown: [String]) throws(StoreError) {
        let underWay = try (catalog.unfinishedCreations() + catalog.unfinishedDrops()).map { Self.family(of: $0.id) }
        if let family = unknown.first(where: { !underWay.contains($0) }) {
            throw .unknownNamespace(path, "the column family \(family)")
        }
    }

    // MARK: Namespaces

    func isFree(_ id: UInt64) throws(StoreError) -> Bool { try !database().hasFamily(Self.family(of: id)) }

    func make(_ record: CatalogRecord, _ format: ValueFormat) throws(StoreError) -> UInt64 {
        let database = try database()
        do throws(EngineFailure) {
            let options = lock.withLock { self.options(record, .existing) }
            try database.createFamily(Self.family(of: record.id), options)
        } catch {
            // Where nothing has the database open there is nobody to reopen it.
            if !database.isInUse { forget() }
            throw ErrorContext(namespace: record.name, path: path).error(error, .createNamespace)
        }
        let isTime = lock.withLock {
            recent.insert(record.id)
            familiesSinceTidying = (familiesSinceTidying + 1) % 64
            keptLogs.note(record)
            return familiesSinceTidying == 0
        }
        if isTime { try? removeOptionsInMaking() }
        return database.latestSequence
    }

    func logRetention(of slot: NamespaceSlot) -> LogRetention? {
        let tuned = configuration.namespaceTuning.logRetention
        return lock.withLock { keptLogs.widest(tuned) }
    }

    func noteRetention(of record: CatalogRecord) { lock.withLock { keptLogs.note(record) } }

    /// Has the database keep its logs from the next opening on.
    ///
    /// - Returns: whether it is open without.
    func keepLogs() -> Bool {
        lock.withLock {
            keptLogs.keepFromNextOpening()
            return current != nil && !keptLogs.areKept
        }
    }

    /// Whether it has to be opened anew before one more namespace is made.
    var isFull: Bool { lock.withLock { current != nil && recent.count >= recentLimit } }

    /// Closes the database, whose log was closed, if nothing holds it any more; it is opened at the next use.
    ///
    /// - Returns: whether it is closed.
    func closeIfUnused() -> Bool {
        lock.withLock {
            guard isKnownUniquelyReferenced(&current) else { return current == nil }
            current = nil
            return true
        }
    }

    func isWhole(_ record: CatalogRecord) throws(StoreError) -> Bool {
        try database().hasFamily(Self.family(of: record.id))
    }

    func remove(
        _ id: UInt64, _ operation: StoreError.Operation, while goOn: () -> Bool
    ) throws(StoreError) -> Bool {
        let database = try database()
        do throws(EngineFailure) {
            try database.dropFamily(Self.family(of: id))
            lock.withLock {
                recent.remove(id)
                keptLogs.forget(id)
            }
        } catch {
            throw context.error(error, operation)
        }
        try StoreFiles.remove(rangeDeletionMark(of: id).path, operation)
        return true
    }

    // The engine does so itself.
    func syncRemovals(_ operation: StoreError.Operation) {}

    func sizeOnDisk(_ id: UInt64, _ slot: NamespaceSlot?) throws(StoreError) -> DiskSize {
        let family = Self.family(of: id)
        let database = try database()
        let tables = ByteCount(Int(clamping: database.integerProperty(.tableFilesSize, of: family)))
        return DiskSize(allocated: tables, used: tables)
    }

    func open(
        _ record: CatalogRecord, _ format: ValueFormat, maxOpenFiles: Int?, _ context: ErrorContext
    ) throws(StoreError) -> ColumnFamily {
        let family = Self.family(of: record.id)
        var database = try database(for: context)
        if configuration.isReader, !database.hasFamily(family) {
            // Made since the database was opened, or dropped by now.
            forget()
            database = try self.database(for: context)
            guard database.hasFamily(family) else { throw context.gone(.namespaceNotFound, .open) }
        }
        let looksForRangeDeletions = try looksForRangeDeletions(
            record, configuration, isCatalogOlder: promises.isCatalogOlder)
        do throws(EngineFailure) {
            return try ColumnFamily(
                database, family: family, usesRangeDeletions: looksForRangeDeletions, format: format)
        } catch {
            throw context.error(error, .open)
        }
    }

    // By the list in the manifest: the opening of the store need not wait for that of the database, which checks once
    // more.
    func checkAgainstCatalog(_ dropped: [CatalogRecord]) throws(StoreError) {
        try EngineFiles.check(path, .open)
        // What else keeps the list from being read is for the opening of the database to say.
        guard let families = try? Database.familyNames(path.string) else { return }
        let known = Set(try catalog.all().map { Self.family(of: $0.id) })
        let unknown = families.filter { $0 != "default" && !known.contains($0) }
        if !unknown.isEmpty { try checkAreUnderWay(unknown) }
    }

    func forget() {
        let forgotten = lock.withLock {
            current?.end()
            if let current { closing = current.closing }
            return current.take()
        }
        withExtendedLifetime(forgotten) {}
    }

    // The first namespace that is closed ends the database, which the others still hold: a call that comes to one that
    // was not open must not open it beside.
    func beginClosing() { lock.withLock { isClosed = true } }

    func close() throws(StoreError) {
        lock.lock()
        defer { lock.unlock() }
        isClosed = true
        guard let database = current else { return }
        current = nil
        guard !configuration.isReader else { return }
        defer { promises.note(StoreDirectory.sharedDatabase, database.log) }
        try? removeOptionsInMaking()
        do throws(EngineFailure) {
            try database.closeLog()
        } catch {
            throw context.error(error, .close)
        }
    }
}

// MARK: Options

extension SharedDatabase {
    /// Families that are alike share their options.
    private struct OptionsKey: Hashable {
        let mode: DatabaseMode
        let keepsLogs: Bool
        let kind: String
        let tuning: Tuning
        let cache: UInt64?
    }

    /// The options of a namespace's family; called with the lock held.
    private func options(
        _ record: CatalogRecord?, _ mode: DatabaseMode, isDefault: Bool = false
    ) -> DatabaseOptions {
        let (format, kind) = isDefault ? (.plain, "plain") : format(of: record)
        var tuning = effective(record?.tuning ?? configuration.namespaceTuning)
        tuning.maxOpenFiles = maxOpenFiles
        let key = OptionsKey(
            mode: mode, keepsLogs: keptLogs.areKept, kind: kind, tuning: tuning,
            cache: cache == nil ? record?.id ?? 0 : nil)
        if let known = options[key] { return known }
        let made = DatabaseOptions(
            tuning, cache: cache ?? BlockCache(capacity: tuning.blockCacheCapacity), mode: mode, format: format,
            log: log, counters: opener.counters, keepsLogs: keptLogs.areKept)
        let memtables = configuration.namespaceTuning.memtableBudget
        made.setSharing(memtables: min(memtables, configuration.memtableLimit ?? memtables))
        if kind.hasPrefix("untouched") { made.stopCompactions() }
        options[key] = made
        return made
    }

    /// How values of a family stand, as far as the engine must know it to open the others.
    private func format(of record: CatalogRecord?) -> (ValueFormat, kind: String) {
        guard let record else { return (.mergeable(.untouched("")), "untouched") }
        let name = record.mergeOperator ?? ""
        switch record.format(configuration.mergeOperator, ExpiryClock(custom: configuration.timeToLiveClock)) {
        case nil: return (.mergeable(.untouched(name)), "untouched \(name)")
        case .plain?: return (.plain, "plain")
        case .expiring(let timeToLive)?: return (.expiring(timeToLive), "expiring")
        case .mergeable(let merge)?: return (.mergeable(merge), "merge \(name)")
        }
    }

    /// Removes what the engine leaves of options files that it could not write: see ``DatabaseOptions/setSharing()``.
    private func removeOptionsInMaking() throws(StoreError) {
        // Its absence is for the engine to report.
        guard StoreFiles.exists(path) else { return }
        for name in try StoreFiles.list(path, .open) where name.wholeMatch(of: /OPTIONS-[0-9]+\.dbtmp/) != nil {
            let file = path.appending(name)
            if StoreFiles.kind(file) == .file { try StoreFiles.remove(file, .open) }
        }
    }
}

extension MergeOperator {
    /// Stands in for an operator that is missing: combines nothing, so that all parts are kept.
    fileprivate static func untouched(_ name: String) -> MergeOperator {
        MergeOperator(name) { (_, _) throws in throw CannotCombine() }
    }
}

private struct CannotCombine: Error {}
