internal import Glibc

/// A mutual exclusion lock, which has its place in the order of ``LockRank``.
///
/// A pthread mutex rather than `Synchronization.Mutex`: the thread sanitizer reports the latter falsely on Linux.
final class Lock: @unchecked Sendable {  // a pthread mutex is made to be shared
    fileprivate let mutex: UnsafeMutablePointer<pthread_mutex_t>

    #if DEBUG
        private let rank: LockRank
        private let order: UInt64
    #endif

    /// - Parameter order: its place among those of its rank, where a thread may hold several.
    init(_ rank: LockRank, order: UInt64 = 0) {
        mutex = .allocate(capacity: 1)
        mutex.initialize(to: pthread_mutex_t())
        pthread_mutex_init(mutex, nil)
        #if DEBUG
            self.rank = rank
            self.order = order
        #endif
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    func lock() {
        #if DEBUG
            HeldLocks.checkWait(rank, order)
        #endif
        pthread_mutex_lock(mutex)
        #if DEBUG
            HeldLocks.note(rank, order)
        #endif
    }

    /// Locks what is held for a microsecond or two: others are let run a few times before the thread sleeps.
    func lockPatiently() {
        for _ in 0..<20 {
            if tryLock() { return }
            sched_yield()
        }
        lock()
    }

    func tryLock() -> Bool {
        guard pthread_mutex_trylock(mutex) == 0 else { return false }
        #if DEBUG
            HeldLocks.note(rank, order)
        #endif
        return true
    }

    func unlock() {
        #if DEBUG
            HeldLocks.forget(rank, order)
        #endif
        pthread_mutex_unlock(mutex)
    }

    func withLock<Result: ~Copyable, Failure: Error>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        lock()
        defer { unlock() }
        return try body()
    }
}

/// A condition that threads holding a ``Lock`` can wait for.
final class Condition: @unchecked Sendable {  // a pthread condition is made to be shared
    private let condition: UnsafeMutablePointer<pthread_cond_t>

    init() {
        condition = .allocate(capacity: 1)
        condition.initialize(to: pthread_cond_t())
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        // Deadlines must not move when somebody sets the clock.
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        // It would wait for threads that sleep there, which a child that was forked does not have.
        if ForkedChild.isThisProcess { return }
        pthread_cond_destroy(condition)
        condition.deallocate()
    }

    /// Releases `lock`, waits for a signal, takes `lock` again. May also return without a signal.
    func wait(_ lock: Lock) { pthread_cond_wait(condition, lock.mutex) }

    /// Like ``wait(_:)``, for at most `nanoseconds`.
    func wait(_ lock: Lock, nanoseconds: UInt64) {
        var deadline = timespec()
        clock_gettime(CLOCK_MONOTONIC, &deadline)
        let total = UInt64(deadline.tv_nsec) + nanoseconds % 1_000_000_000
        deadline.tv_sec += Int(nanoseconds / 1_000_000_000) + Int(total / 1_000_000_000)
        deadline.tv_nsec = Int(total % 1_000_000_000)
        pthread_cond_timedwait(condition, lock.mutex, &deadline)
    }

    func signal() { pthread_cond_signal(condition) }

    func broadcast() { pthread_cond_broadcast(condition) }
}
