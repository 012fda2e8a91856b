internal import Logging
internal import SystemPackage

/// What each namespace's database is known to have on disk, kept in the catalog now and then, so that opening it can
/// tell when it comes back older: a damaged log or manifest otherwise reads as one that ends early.
final class RecoveryWatermarks: @unchecked Sendable {  // guarded by its lock
    private let catalog: NamespaceCatalog
    private let directory: StoreDirectory
    private let isReader: Bool
    private let log: StoreLog?
    /// Whether the catalog was opened although it had lost commits: what it says may be what was before.
    let isCatalogOlder: Bool
    private let lock = Lock(.innermost)
    private var known: [UInt64: UInt64] = [:]
    private var recordedAt = MonotonicClock.now
    /// Whether a database was opened, and with that began a manifest that nothing was noted of.
    private var hasNewManifest = false
    /// Each record costs a sync of the metadata database, shared by all namespaces.
    private static let interval: UInt64 = 10_000_000_000

    /// - Parameters:
    ///   - isReader: whether the catalog takes no writes.
    ///   - log: told of consumers of changes that are ahead of their namespace.
    init(
        _ catalog: NamespaceCatalog, _ directory: StoreDirectory, isReader: Bool = false, isCatalogOlder: Bool = false,
        log: StoreLog? = nil
    ) {
        self.catalog = catalog
        self.directory = directory
        self.isReader = isReader
        self.log = log
        self.isCatalogOlder = isCatalogOlder
    }

    /// The number under which the database of a namespace is known here.
    private func database(of id: UInt64) -> UInt64 { directory.place(of: id).number }

    /// Notes how far the database of a namespace is on disk.
    func note(_ id: UInt64, _ log: WALState) {
        guard log.failure == nil else { return }
        note(database(of: id), log.promisedSequence ?? 0)
    }

    private func note(_ id: UInt64, _ sequence: UInt64) {
        lock.withLock { known[id] = max(sequence, known[id] ?? 0) }
    }

    /// Forgets a namespace that was dropped.
    func forget(_ id: UInt64) {
        guard database(of: id) == id else { return }
        lock.withLock { known[id] = nil }
    }

    /// Whether it is time to put what was noted into the catalog.
    var isDue: Bool {
        lock.withLock { hasNewManifest || MonotonicClock.now - recordedAt >= Self.interval }
    }

    /// Puts what was noted into the catalog.
    func record() throws(StoreError) {
        let news = lock.withLock {
            defer { known = [:] }
            recordedAt = MonotonicClock.now
            hasNewManifest = false
            return known
        }
        do throws(StoreError) {
            var promises: [UInt64: RecoveryWatermark] = [:]
            for (id, sequence) in news {
                var promise = try catalog.promise(id)
                promise.sequence = max(promise.sequence, sequence)
                promise.manifest = try ManifestExtent(syncing: directory.place(of: id).folder) ?? promise.manifest
                promises[id] = promise
            }
            try catalog.setPromises(promises)
        } catch {
            for (id, sequence) in news { note(id, sequence) }
            throw error
        }
    }

    /// What the database of a namespace is known to have on disk.
    func promise(_ id: UInt64) throws(StoreError) -> RecoveryWatermark {
        let id = database(of: id)
        var promise = try catalog.promise(id)
        promise.sequence = max(promise.sequence, lock.withLock { known[id] ?? 0 })
        return promise
    }

    /// Throws when a database that is about to be opened lacks files that it was known to have.
    func checkManifest(_ id: UInt64, _ context: ErrorContext) throws(StoreError) {
        let place = directory.place(of: id)
        guard let complaint = try catalog.promise(place.number).manifest?.complaint(place.folder) else { return }
        throw context.error(
            .corruption, .open,
            "the manifest of the database is damaged: \(complaint). Nothing was changed. Restore it from a backup, or set "
                + "acceptsDataLoss to go on with what is there")
    }

    /// Throws when a database that was just opened lacks what it was known to have.
    ///
    /// Consumers of changes that acknowledged what it lacks are told from then on, also where nobody knew of it: what they
    /// acknowledged was on disk.
    ///
    /// - Parameter names: the namespaces in it, by their ids.
    func check(
        _ id: UInt64, _ recovered: UInt64, of names: [UInt64: String], acceptingLoss: Bool, _ context: ErrorContext
    ) throws(StoreError) {
        let id = database(of: id)
        var promise: RecoveryWatermark
        do throws(StoreError) {
            promise = try catalog.promise(id)
        } catch {
            guard acceptingLoss, error.code == .corruption else { throw error }
            promise = RecoveryWatermark()
            if !isReader { try catalog.setPromises([id: promise]) }
        }
        let promised = max(promise.sequence, lock.withLock { known[id] ?? 0 })
        if recovered < promised, !acceptingLoss { throw older(recovered, promised, context) }
        guard !isReader else { return }
        if recovered < promised {
            lock.withLock { known[id] = nil }
            // What of the number that it has now comes again is not known.
            promise.sequence = 0
            try catalog.setPromises([id: promise])
        }
        for lost in try catalog.noteLostChanges(of: names.keys.sorted(), after: recovered) {
            log?.add(
                .warning, "a consumer of changes has acknowledged commits that are lost",
                [
                    "namespace": "\(names[lost.id] ?? "")", "consumer": "\(lost.consumer)",
                    "acknowledged": "\(lost.place.position)", "newest": "\(recovered)",
                ])
        }
        // Not the number: an empty record of the log may have told it, which the next opening does not find.
        note(id, 0)
        lock.withLock { hasNewManifest = true }
    }

    private func older(_ recovered: UInt64, _ promised: UInt64, _ context: ErrorContext) -> StoreError {
        context.error(
            .corruption, .open,
            "the database came back with commits up to \(recovered), but had them on disk up to \(promised): its log or its "
                + "manifest is damaged. Restore it from a backup, or set acceptsDataLoss to go on with what is there")
    }
}
