/// Hands items over from where locks may be held, and to code that may take its time or use the store too.
///
/// A thread that is made for them does it, in the order in which they came, and ends when none is left.
final class HandOver<Item: Sendable>: @unchecked Sendable {  // guarded by its lock
    private let lock: Lock
    private let mostWaiting: Int
    private let take: @Sendable (Item) -> Void
    private var waiting: [Item] = []
    private var isRunning = false

    /// - Parameters:
    ///   - rank: of the lock under which items are added.
    ///   - mostWaiting: how many items wait at most; what comes beyond is dropped, so that slow code does not take all
    ///     memory.
    ///   - take: what is done with each, on the thread, with no lock held.
    init(_ rank: LockRank, mostWaiting: Int, _ take: @escaping @Sendable (Item) -> Void) {
        self.lock = Lock(rank)
        self.mostWaiting = mostWaiting
        self.take = take
    }

    /// Adds an item, and does not wait until it is taken.
    ///
    /// - Parameter item: makes it, under the lock; nil for none. Not called when too many wait.
    func add(_ item: () -> Item?) {
        let isFirst = lock.withLock {
            guard waiting.count < mostWaiting, let item = item() else { return false }
            waiting.append(item)
            guard !isRunning else { return false }
            isRunning = true
            return true
        }
        guard isFirst, !SeparateThread.start({ self.run() }) else { return }
        // Without a thread they wait for the next one that is added.
        lock.withLock { isRunning = false }
    }

    private func run() {
        while true {
            let items = lock.withLock {
                if waiting.isEmpty { isRunning = false }
                defer { waiting = [] }
                return waiting
            }
            if items.isEmpty { return }
            for item in items { take(item) }
        }
    }
}
