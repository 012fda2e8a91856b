/// The threads that the async calls on a store run on: those that take long apart from those that do not, and those
/// that wait for the catalog apart from both.
///
/// Each store has its own, so that no call waits for those of another store.
final class StoreThreads: Sendable {
    /// For reads, commits, updates and transactions.
    let calls: IOPool
    /// For what changes namespaces or waits for their calls: it can be held up by a copy that is being made.
    let administration = IOPool(maxThreads: 4)
    /// For what can take hours: it reads, writes or copies everything that there is.
    let maintenance: IOPool

    /// For what is no call on an open store, opening and closing among it, and for the pages of entries: so many that
    /// none has to wait for one that takes long.
    static let withoutStore = IOPool(maxThreads: 64)

    init(calls: Int, maintenance: Int) {
        self.calls = IOPool(maxThreads: calls)
        self.maintenance = IOPool(maxThreads: maintenance)
    }
}
