/// What each namespace's database is known to have on disk, kept in the catalog now and then, so that opening it can tell
/// when it comes back older: a damaged log or manifest otherwise reads as one that ends early.
final class DurablePromises: @unchecked Sendable {  // guarded by its lock
    private let catalog: NamespaceCatalog
    private let isReader: Bool
    private let lock = Lock()
    private var known: [UInt64: UInt64] = [:]
    private var recordedAt = MonotonicClock.now
    /// Each record costs a sync of the metadata database, shared by all namespaces.
    private static let interval: UInt64 = 10_000_000_000

    /// - Parameter isReader: whether the catalog takes no writes.
    init(_ catalog: NamespaceCatalog, isReader: Bool = false) {
        self.catalog = catalog
        self.isReader = isReader
    }

    /// Notes how far a database is on disk.
    func note(_ id: UInt64, _ log: LogState) {
        guard let sequence = log.promisedSequence, log.failure == nil else { return }
        lock.withLock { known[id] = max(sequence, known[id] ?? 0) }
    }

    /// Forgets a namespace that was dropped.
    func forget(_ id: UInt64) {
        lock.withLock { known[id] = nil }
    }

    /// Puts what was noted into the catalog, if it is time again.
    func recordIfDue() throws(StoreError) {
        guard lock.withLock({ MonotonicClock.now - recordedAt >= Self.interval }) else { return }
        try record()
    }

    /// Puts what was noted into the catalog.
    func record() throws(StoreError) {
        let news = lock.withLock {
            defer { known = [:] }
            recordedAt = MonotonicClock.now
            return known
        }
        try catalog.promise(news)
    }

    /// Throws when a database that was just opened lacks what it was known to have.
    func check(
        _ id: UInt64, _ recovered: UInt64, acceptingLoss: Bool, _ context: ErrorContext
    ) throws(StoreError) {
        let promised = max(try catalog.promisedSequence(id), lock.withLock { known[id] ?? 0 })
        guard recovered < promised else { return }
        if acceptingLoss, isReader { return }
        if acceptingLoss {
            lock.withLock { known[id] = nil }
            try catalog.promise([id: recovered])
            return
        }
        throw context.error(
            .corruption, .open,
            "the database came back with commits up to \(recovered), but had them on disk up to \(promised): its log or its "
                + "manifest is damaged. Restore it from a backup, or set acceptsDataLoss to go on with what is there")
    }
}
