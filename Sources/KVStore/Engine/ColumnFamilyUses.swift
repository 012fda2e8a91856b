internal import Glibc
internal import Synchronization

/// What holds a column family for longer than a call is inside the gate, as far as it can be counted: which of the
/// callers' things keep its database open, and which running calls are to be waited for. Pinned values are not counted
/// but hold the ``FamilyHold``, and updates are known to their queue: those must cost nothing.
final class ColumnFamilyUses: @unchecked Sendable {  // atomics, and what is guarded by the lock
    /// A running call in which code of the caller's runs.
    enum Body { case transaction, load }

    /// How many column families are open: one, and none when only pinned values are left of it.
    let columnFamilies = Atomic<Int>(0)
    let cursors = Atomic<Int>(0)
    /// Loops over changes that are at a place in the log.
    let changes = Atomic<Int>(0)
    let verifications = Atomic<Int>(0)
    private let lock = Lock(.innermost)
    private var bodies: [(body: Body, thread: UInt)] = []

    /// - Parameter thread: the one that it runs on; zero when it runs on many.
    func begin(_ body: Body, on thread: UInt = UInt(pthread_self())) {
        lock.withLock { bodies.append((body, thread)) }
    }

    /// - Parameter thread: the one that it began on.
    func end(_ body: Body, on thread: UInt = UInt(pthread_self())) {
        lock.withLock {
            if let place = bodies.lastIndex(where: { $0 == (body, thread) }) { bodies.remove(at: place) }
        }
    }

    /// Whether one runs on a thread.
    func isRun(by thread: UInt) -> Bool { lock.withLock { bodies.contains { $0.thread == thread } } }

    func count(_ body: Body) -> Int { lock.withLock { bodies.count { $0.body == body } } }
}

/// Keeps a column family of a database, and with it the database, open.
final class FamilyHold: Sendable {
    let database: Database
    let name: String

    /// For a family that was taken by ``Database/useFamily(_:)``.
    init(_ database: Database, _ name: String) {
        self.database = database
        self.name = name
    }

    deinit {
        // Somebody may have had the database's lock.
        if ForkedChild.isThisProcess { return }
        database.releaseFamily(name)
    }
}
