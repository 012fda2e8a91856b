internal import Logging
internal import SystemPackage

/// Removes the files of dropped namespaces in the background, on a thread of its own while there are any: closing waits
/// for it, and must not wait for threads that calls have.
///
/// The catalog has forgotten the namespace and remembers its folder until that is gone: what closing or a crash
/// interrupts goes on when the store is opened again.
final class Reclaimer: BackgroundWork, @unchecked Sendable {  // guarded by its lock
    private struct Dropped {
        let id: UInt64
        /// What has to be closed first.
        let slot: NamespaceSlot?
    }

    private let catalog: NamespaceCatalog
    private let storage: any NamespaceStorage
    private let logger: Logger
    private let lock = Lock(.reclaimer)
    private let changed = Condition()
    private var waiting: [Dropped] = []
    private var isRunning = false
    private var isStopping = false
    /// How many are removed before the catalog hears of it: each time takes two syncs.
    private static let maxTogether = 64

    init(_ catalog: NamespaceCatalog, _ storage: any NamespaceStorage, _ logger: Logger) {
        self.catalog = catalog
        self.storage = storage
        self.logger = logger
    }

    /// Takes a namespace that the catalog has as dropped.
    ///
    /// - Parameter slot: where it may be open; takes no more calls.
    func add(_ id: UInt64, _ slot: NamespaceSlot? = nil) {
        lock.withLock {
            waiting.append(Dropped(id: id, slot: slot))
            guard !isRunning, !isStopping else { return }
            // Where no thread can be made, the next one that is dropped or closing finds it.
            isRunning = SeparateThread.start { self.run() }
        }
    }

    /// Leaves what is left to the next opening of the store. Waits for what is under way, at most the removal of one
    /// file, and for running calls of namespaces that were dropped.
    func stop() {
        let left = lock.withLock {
            isStopping = true
            while isRunning { changed.wait(lock) }
            defer { waiting = [] }
            return waiting
        }
        for dropped in left { _ = close(dropped) }
    }

    private var shallStop: Bool { lock.withLock { isStopping } }

    private func run() {
        while let batch = next() {
            var gone: [UInt64] = []
            for dropped in batch {
                do throws(StoreError) {
                    if try reclaim(dropped) { gone.append(dropped.id) }
                } catch {
                    report(error)
                }
            }
            do throws(StoreError) {
                guard !gone.isEmpty else { continue }
                try storage.syncRemovals(.dropNamespace)
                try catalog.finishDropping(gone)
            } catch {
                report(error)
            }
        }
    }

    private func next() -> [Dropped]? {
        lock.withLock {
            guard !isStopping, !waiting.isEmpty else {
                isRunning = false
                changed.broadcast()
                return nil
            }
            defer { waiting.removeFirst(min(Self.maxTogether, waiting.count)) }
            return Array(waiting.prefix(Self.maxTogether))
        }
    }

    /// Removes what a namespace has on disk; false when they are still needed or there is no time.
    private func reclaim(_ dropped: Dropped) throws(StoreError) -> Bool {
        if let database = close(dropped), storage.keepsWhatIsRead {
            // Read by a cursor, snapshot or pinned value; when the last of them is gone, it comes back.
            database.whenClosed { [weak self, id = dropped.id] in self?.add(id) }
            return false
        }
        return try storage.remove(dropped.id, .dropNamespace) { !self.shallStop }
    }

    /// Closes a namespace once no call is inside.
    ///
    /// - Returns: its database while somebody still reads it.
    private func close(_ dropped: Dropped) -> Database? {
        weak var database: Database?
        try? dropped.slot?.close(.namespaceNotFound, .dropNamespace) { (columnFamily) throws(EngineFailure) in
            database = columnFamily.database
        }
        return database
    }

    private func report(_ error: StoreError) {
        guard error.code != .closed else { return }
        logger.warning(
            "the files of a dropped namespace stay until the store is opened again", metadata: error.logMetadata)
    }
}
