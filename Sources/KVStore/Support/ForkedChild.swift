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

    /// Held while a child is made, so that it finds the sets whole.
    private let lock = Lock(.innermost)
    /// How each object is told, by where it is.
    private var objects: [UnsafeMutableRawPointer: @Sendable (UnsafeMutableRawPointer) -> Void] = [:]

    private init() {
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
    static func add<Object: EndsInForkedChild>(_ object: Object) {
        let place = Unmanaged.passUnretained(object).toOpaque()
        // Without counting references: it may be on its way to be destroyed.
        shared.lock.withLock {
            shared.objects[place] = {
                Unmanaged<Object>.fromOpaque($0)._withUnsafeGuaranteedRef { $0.endInForkedChild() }
            }
        }
    }

    /// To be called when it is destroyed.
    static func remove(_ object: some EndsInForkedChild) {
        shared.lock.withLock { _ = shared.objects.removeValue(forKey: Unmanaged.passUnretained(object).toOpaque()) }
    }

    /// To be called once the engine is in use.
    static func noteEngineInUse() { _ = endsAtOnce }

    private func begin() {
        Self.isThis.store(true, ordering: .relaxed)
        for (place, tell) in objects { tell(place) }
        lock.unlock()
    }
}

/// What must not be used any more in a child that was forked.
protocol EndsInForkedChild: AnyObject, Sendable {
    /// Called in the child, with other threads gone and locks as they were: it may take none and count no references.
    func endInForkedChild()
}
