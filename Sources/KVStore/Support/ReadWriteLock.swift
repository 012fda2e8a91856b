internal import Glibc

/// A lock that many share or one has alone. Whoever wants it alone goes before those who come to share it later.
final class ReadWriteLock: @unchecked Sendable {  // a pthread lock is made to be shared
    private let lock: UnsafeMutablePointer<pthread_rwlock_t>

    #if DEBUG
        private let rank: LockRank
        private let order: UInt64
    #endif

    /// - Parameter order: its place among those of its rank.
    init(_ rank: LockRank, order: UInt64) {
        #if DEBUG
            self.rank = rank
            self.order = order
        #endif
        lock = .allocate(capacity: 1)
        lock.initialize(to: pthread_rwlock_t())
        var attributes = pthread_rwlockattr_t()
        pthread_rwlockattr_init(&attributes)
        // 2 is PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP, without which those who share could shut the other out.
        pthread_rwlockattr_setkind_np(&attributes, 2)
        pthread_rwlock_init(lock, &attributes)
        pthread_rwlockattr_destroy(&attributes)
    }

    deinit {
        pthread_rwlock_destroy(lock)
        lock.deallocate()
    }

    func lockShared() { take { pthread_rwlock_rdlock(lock) } }

    func tryLockShared() -> Bool {
        guard pthread_rwlock_tryrdlock(lock) == 0 else { return false }
        #if DEBUG
            HeldLocks.note(rank, order)
        #endif
        return true
    }

    func lockAlone() { take { pthread_rwlock_wrlock(lock) } }

    func unlock() {
        #if DEBUG
            HeldLocks.forget(rank, order)
        #endif
        pthread_rwlock_unlock(lock)
    }

    @inline(__always)
    private func take(_ wait: () -> Int32) {
        #if DEBUG
            HeldLocks.checkWait(rank, order)
        #endif
        _ = wait()
        #if DEBUG
            HeldLocks.note(rank, order)
        #endif
    }
}
