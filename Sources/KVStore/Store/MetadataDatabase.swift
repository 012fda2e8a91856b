internal import SystemPackage

/// The metadata database: one database, with the catalog in its default column family and the application's own keys in
/// another. Two slots share it; it is open while either is.
final class MetadataDatabase: @unchecked Sendable {  // guarded by its lock
    static let applicationFamily = "application"

    private let lock = Lock()
    private let directory: StoreDirectory
    private let opener: DatabaseOpener
    private let tuning: Tuning
    private let cache: BlockCache
    private weak var current: Database?

    init(_ directory: StoreDirectory, _ opener: DatabaseOpener, _ tuning: Tuning) {
        self.directory = directory
        self.opener = opener
        self.tuning = tuning
        cache = BlockCache(capacity: tuning.blockCacheCapacity)
    }

    func slot(family: String) -> KeyspaceSlot {
        let context = ErrorContext(
            namespace: family == Self.applicationFamily ? "metadata" : nil, path: directory.metadata)
        return KeyspaceSlot(context) { (_) throws(StoreError) in
            try StoreFiles.checkDatabase(self.directory.metadata, .open)
            do throws(EngineFailure) {
                // Range deletions are always looked for: nothing notes whether there are any.
                return try Keyspace(self.database(), family: family, usesRangeDeletions: true)
            } catch {
                throw context.error(error, .open)
            }
        }
    }

    /// Makes the database of a store that is being made.
    func create(if isNew: Bool) throws(StoreError) {
        guard isNew else { return }
        do throws(EngineFailure) {
            _ = try open(create: true)
        } catch {
            throw ErrorContext(namespace: nil, path: directory.metadata).error(error, .open)
        }
    }

    /// Has the next slot that opens open the database anew, beside what others still hold of it.
    func forget() { lock.withLock { current = nil } }

    private func database() throws(EngineFailure) -> Database {
        lock.lock()
        defer { lock.unlock() }
        if let current, !current.isClosed { return current }
        let opened = try open(create: false)
        current = opened
        return opened
    }

    private func open(create: Bool) throws(EngineFailure) -> Database {
        try opener.open(directory.metadata, tuning, cache, create: create, families: [Self.applicationFamily])
    }
}
