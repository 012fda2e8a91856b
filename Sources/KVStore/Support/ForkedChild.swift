internal import Glibc
internal import Synchronization

/// What becomes of open stores in a child of this process that is made by `fork` and begins no other program.
///
/// The child has the memory of the stores, but not the threads that work for them, and the locks as they were at that
/// moment, some of them held by threads that it does not have. So it must not use them: every gate is closed there,
/// calls are refused, and nothing is synced, flushed, written or waited for, whether the stores are closed, let go of
/// or left open when it exits. All of that is decided here once, in the child, so that calls need not ask.
final class ForkedChild: @unchecked Sendable {  // guarded by its lock
    private static let shared = ForkedChild()
    private static let isThis = Atomic<Bool>(false)

    /// Whether this process is such a child.
    static var isThisProcess: Bool { isThis.load(ordering: .relaxed) }

    /// Tells an object that this is a child: other threads are gone, and locks are as they were, those of Swift's runtime
    /// too. So it may take no lock, count no references, and use no generic type for the first time.
    typealias Ending = @convention(c) (UnsafeMutableRawPointer) -> Void

    private struct Entry {
        let object: UnsafeMutableRawPointer
        let end: Ending
    }

    /// Held while a child is made, so that it finds the entries whole.
    private let lock = Lock(.innermost)
    // Plain memory: in a build for debugging, an array or a dictionary asks the runtime for a type when it is walked over.
    private var entries = UnsafeMutablePointer<Entry>.allocate(capacity: 64)
    private var count = 0
    private var capacity = 64
    /// Where the entry of each object is.
    private var places: [UnsafeMutableRawPointer: Int] = [:]

    private init() {
        // Rehearsed, so that a child meets nothing for the first time.
        Self.isThis.store(false, ordering: .relaxed)
        insert(Entry(object: UnsafeMutableRawPointer(entries), end: { _ in }))
        endAll()
        count = 0
        pthread_atfork(
            { ForkedChild.shared.lock.lock() }, { ForkedChild.shared.lock.unlock() }, { ForkedChild.shared.begin() })
    }

    /// Has the child end without the destructors of the engine's global objects, which would wait for threads that it
    /// does not have. Done when the engine has been used, so that this comes before them.
    private static let endsAtOnce: Void = {
        on_exit(
            { (status, _) in
                guard isThisProcess else { return }
                fflush(nil)
                _exit(status)
            }, nil)
    }()

    /// Has an object be told in each child that is made from now on.
    static func add(_ object: AnyObject, _ end: @escaping Ending) {
        let place = Unmanaged.passUnretained(object).toOpaque()
        shared.lock.withLock {
            shared.places[place] = shared.count
            shared.insert(Entry(object: place, end: end))
        }
    }

    /// To be called when it is destroyed.
    static func remove(_ object: AnyObject) {
        let place = Unmanaged.passUnretained(object).toOpaque()
        shared.lock.withLock {
            guard let index = shared.places.removeValue(forKey: place) else { return }
            shared.count -= 1
            guard index < shared.count else { return }
            shared.entries[index] = shared.entries[shared.count]
            shared.places[shared.entries[index].object] = index
        }
    }

    /// To be called once the engine is in use.
    static func noteEngineInUse() { _ = endsAtOnce }

    private func insert(_ entry: Entry) {
        if count == capacity {
            let larger = UnsafeMutablePointer<Entry>.allocate(capacity: 2 * capacity)
            larger.moveInitialize(from: entries, count: count)
            entries.deallocate()
            entries = larger
            capacity *= 2
        }
        (entries + count).initialize(to: entry)
        count += 1
    }

    private func begin() {
        Self.isThis.store(true, ordering: .relaxed)
        endAll()
        lock.unlock()
    }

    private func endAll() {
        var index = 0
        while index < count {
            entries[index].end(entries[index].object)
            index += 1
        }
    }
}
