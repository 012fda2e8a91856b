/// When a namespace was last used, and about how many keys it had then.
struct NamespaceUsage: Equatable, Sendable {
    /// Seconds since 1970.
    var lastUse: UInt64
    var count: UInt64
}

extension NamespaceUsage {
    /// Numbers with a space between them, as the catalog keeps them.
    var text: String { "\(lastUse) \(count)" }

    init?(_ text: String) {
        let numbers = text.split(separator: " ").compactMap { UInt64($0) }
        // What cannot be a date is none; that costs a statistic.
        guard numbers.count >= 2, MonotonicClock.dates1970.contains(Double(numbers[0])) else { return nil }
        self.init(lastUse: numbers[0], count: numbers[1])
    }
}

/// When namespaces were last used: noted while they are open, and put into the catalog now and then.
final class NamespaceUsages: Sendable {
    private let catalog: NamespaceCatalog
    private let lock = Lock(.innermost)
    /// What the catalog does not have yet.
    nonisolated(unsafe) private var news: [UInt64: NamespaceUsage] = [:]  // guarded by the lock

    init(_ catalog: NamespaceCatalog) { self.catalog = catalog }

    /// Notes that a namespace was used, if it was since the last time.
    func note(_ slot: KeyspaceSlot, _ keyspace: Keyspace) {
        guard slot.takeUsedSinceNoted() else { return }
        let usage = NamespaceUsage(lastUse: MonotonicClock.seconds1970, count: keyspace.approximateCount)
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
