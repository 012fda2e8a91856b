internal import Glibc

/// A lock that many share or one has alone. Whoever wants it alone goes before those who come to share it later.
final class ReadWriteLock: @unchecked Sendable {  // a pthread lock is made to be shared
    private let lock: UnsafeMutablePointer<pthread_rwlock_t>

    init() {
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

    func lockShared() { pthread_rwlock_rdlock(lock) }

    func tryLockShared() -> Bool { pthread_rwlock_tryrdlock(lock) == 0 }

    func lockAlone() { pthread_rwlock_wrlock(lock) }

    func unlock() { pthread_rwlock_unlock(lock) }
}
