internal import SystemPackage

/// The metadata database: one database, with the catalog in its default column family and the application's own keys in
/// another. Two slots share it; it is open while either is.
final class MetadataDatabase: @unchecked Sendable {  // guarded by its lock
    static let applicationFamily = "application"

    private let lock = Lock(.metadataDatabase)
    private let directory: StoreDirectory
    private let opener: DatabaseOpener
    private let tuning: Tuning
    private let cache: BlockCache
    private let isReader: Bool
    private let acceptsDataLoss: Bool
    private weak var current: Database?
    /// What it has on disk; nil for a reader.
    private var promise: MetadataWatermark?
    private var hasLostCommits = false

    /// - Parameter acceptsDataLoss: whether to open it when it lacks what it is known to have had.
    init(
        _ directory: StoreDirectory, _ opener: DatabaseOpener, _ tuning: Tuning, isReader: Bool = false,
        acceptsDataLoss: Bool = false
    ) {
        self.isReader = isReader
        self.acceptsDataLoss = acceptsDataLoss
        self.directory = directory
        self.opener = opener
        self.tuning = tuning
        cache = BlockCache(capacity: tuning.blockCacheCapacity)
    }

    func slot(family: String, slowCalls: SlowCalls? = nil) -> NamespaceSlot {
        let context = ErrorContext(
            namespace: family == Self.applicationFamily ? "metadata" : nil, path: directory.metadata)
        return NamespaceSlot(
            context, order: family == Self.applicationFamily ? 0 : 1, slowCalls: slowCalls
        ) { (_) throws(StoreError) in
            try EngineFiles.check(self.directory.metadata, .open)
            let database = try self.database(context)
            do throws(EngineFailure) {
                // Range deletions are always looked for: nothing notes whether there are any.
                return try ColumnFamily(database, family: family, usesRangeDeletions: true)
            } catch {
                throw context.error(error, .open)
            }
        }
    }

    /// Makes the database of a store that is being made.
    func create(if isNew: Bool) throws(StoreError) {
        guard isNew else { return }
        // Left by a making that was cut short.
        try StoreFiles.remove(file, .open)
        do throws(EngineFailure) {
            _ = try open(create: true)
        } catch {
            throw ErrorContext(namespace: nil, path: directory.metadata).error(error, .open)
        }
    }

    /// Has the next slot that opens open the database anew, beside what others still hold of it.
    func forget() { lock.withLock { current = nil } }

    /// Whether it was opened although it lacked what it was known to have had.
    var isOlder: Bool { lock.withLock { hasLostCommits } }

    /// What it is known to have on disk.
    var known: RecoveryWatermark { lock.withLock { promise }?.current ?? RecoveryWatermark() }

    private var file: FilePath { directory.path.appending(MetadataWatermark.file) }

    private func database(_ context: ErrorContext) throws(StoreError) -> Database {
        lock.lock()
        defer { lock.unlock() }
        if let current, !current.isClosed { return current }
        let noted = try lastPromise()
        func older(_ complaint: String) throws(StoreError) {
            hasLostCommits = true
            guard !acceptsDataLoss else { return }
            throw context.error(
                .corruption, .open,
                "the metadata database is damaged: \(complaint). Restore the store from a backup, or set acceptsDataLoss to go "
                    + "on with what is there")
        }
        if let complaint = noted.promise.manifest?.complaint(directory.metadata) { try older(complaint) }
        let opened: Database
        do throws(EngineFailure) { opened = try open(create: false) } catch { throw context.error(error, .open) }
        let found = opened.latestSequence
        if found < noted.promise.sequence {
            try older("it came back with commits up to \(found), but had them on disk up to \(noted.promise.sequence)")
        }
        if !isReader {
            let promise = try MetadataWatermark(
                directory.path, of: directory.metadata, after: noted.number, sequence: found)
            self.promise = promise
            opened.log.onSync = { promise.note($0) }
        }
        current = opened
        return opened
    }

    private func lastPromise() throws(StoreError) -> (number: UInt64, promise: RecoveryWatermark) {
        do throws(StoreError) {
            return try MetadataWatermark.read(file)
        } catch {
            guard error.code == .corruption, acceptsDataLoss else { throw error }
            return (0, RecoveryWatermark())
        }
    }

    private func open(create: Bool) throws(EngineFailure) -> Database {
        try opener.open(directory.metadata, tuning, cache, create: create, families: [Self.applicationFamily])
    }
}
