/// When namespaces were last used: noted while they are open, and put into the catalog now and then.
final class NamespaceUsages: Sendable {
    private let catalog: NamespaceCatalog
    private let lock = Lock(.innermost)
    /// What the catalog does not have yet.
    nonisolated(unsafe) private var news: [UInt64: NamespaceUsage] = [:]  // guarded by the lock

    init(_ catalog: NamespaceCatalog) { self.catalog = catalog }

    /// Notes that a namespace was used, if it was since the last time.
    func note(_ slot: NamespaceSlot, _ columnFamily: ColumnFamily) {
        guard slot.uses.takeForNote() else { return }
        let usage = NamespaceUsage(lastUse: MonotonicClock.seconds1970, count: columnFamily.approximateCount)
        lock.withLock { news[slot.id] = usage }
    }

    func forget(_ id: UInt64) { lock.withLock { news[id] = nil } }

    func usage(_ id: UInt64) throws(StoreError) -> NamespaceUsage? {
        if let usage = lock.withLock({ news[id] }) { return usage }
        return try catalog.usage(id)
    }

    /// Puts what is new into the catalog.
    func record() throws(StoreError) {
        let usages = lock.withLock { news }
        guard !usages.isEmpty else { return }
        try catalog.setUsages(usages)
        lock.withLock {
            for (id, usage) in usages where news[id] == usage { news[id] = nil }
        }
    }
}
