internal import Glibc
internal import Synchronization

/// What becomes of open stores in a child of this process that is made by `fork` and begins no other program.
///
/// The child has the memory of the stores, but not the threads that work for them, and the locks as they were at that
/// moment, some of them held by threads that it does not have. So it must not use them: every gate is closed there, calls
/// are refused, and nothing is synced, flushed, written or waited for, whether the stores are closed, let go of or left
/// open when it exits. All of that is decided here once, in the child, so that calls need not ask.
final class ForkedChild: @unchecked Sendable {  // guarded by its lock
    private static let shared = ForkedChild()
    private static let isThis = Atomic<Bool>(false)

    /// Whether this process is such a child.
    static var isThisProcess: Bool { isThis.load(ordering: .relaxed) }

    /// Held while a child is made, so that it finds the sets whole.
    private let lock = Lock(.innermost)
    private var slots: Set<UnsafeMutableRawPointer> = []
    private var keyspaces: Set<UnsafeMutableRawPointer> = []

    private init() {
        pthread_atfork(
            { ForkedChild.shared.lock.lock() }, { ForkedChild.shared.lock.unlock() }, { ForkedChild.shared.begin() })
    }

    /// Has the child end without the destructors of the engine's global objects, which would wait for threads that it does
    /// not have. Done when the engine has been used, so that this comes before them.
    private static let endsAtOnce: Void = {
        on_exit(
            { (status, _) in
                guard isThisProcess else { return }
                fflush(nil)
                _exit(status)
            }, nil)
    }()

    static func add(_ slot: KeyspaceSlot) {
        shared.lock.withLock { _ = shared.slots.insert(Unmanaged.passUnretained(slot).toOpaque()) }
    }

    /// To be called when it is destroyed.
    static func remove(_ slot: KeyspaceSlot) {
        shared.lock.withLock { _ = shared.slots.remove(Unmanaged.passUnretained(slot).toOpaque()) }
    }

    static func add(_ keyspace: Keyspace) {
        _ = endsAtOnce
        shared.lock.withLock { _ = shared.keyspaces.insert(Unmanaged.passUnretained(keyspace).toOpaque()) }
    }

    /// To be called when it is destroyed.
    static func remove(_ keyspace: Keyspace) {
        shared.lock.withLock { _ = shared.keyspaces.remove(Unmanaged.passUnretained(keyspace).toOpaque()) }
    }

    private func begin() {
        Self.isThis.store(true, ordering: .relaxed)
        // Without counting references: some may be on their way to be destroyed.
        for keyspace in keyspaces {
            Unmanaged<Keyspace>.fromOpaque(keyspace)._withUnsafeGuaranteedRef { $0.endInForkedChild() }
        }
        for slot in slots {
            Unmanaged<KeyspaceSlot>.fromOpaque(slot)._withUnsafeGuaranteedRef { $0.endInForkedChild() }
        }
        lock.unlock()
    }
}

extension StoreError {
    /// What a call gets in a child of the process that opened the store.
    static func forked(
        _ operation: Operation, _ context: ErrorContext? = nil
    ) -> StoreError {
        let message =
            "this process was forked from one that has used the library, and has none of the threads that work for its "
            + "stores: begin another program (exec) to use one, or fork before the first store is opened"
        return context?.error(.closed, operation, message) ?? StoreError(.closed, operation, message)
    }
}
