internal import Glibc
internal import SystemPackage

/// The descriptor of a file that is locked with `flock`.
///
/// A child that is being forked has the descriptor too, and with it the lock, until it begins another program, however
/// the descriptor was opened. So the lock is given up by name, and only by the process that took it: a child would take
/// it from its parent.
///
/// Owned once: closed twice, a descriptor would be one that another thread has opened meanwhile.
struct HeldLockFile: ~Copyable, Sendable {
    private let descriptor: Int32
    private let owner = getpid()

    /// - Parameter descriptor: of the file, locked; closed when this goes.
    init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// Locks a file without waiting for it; nil when somebody else has it locked.
    ///
    /// - Parameters:
    ///   - descriptor: of the file; closed here when it is not locked.
    ///   - isShared: whether others may share the lock.
    ///   - path: what an error names.
    ///   - action: what it says could not be done.
    init?(
        locking descriptor: Int32, isShared: Bool = false, _ path: FilePath, _ operation: StoreError.Operation,
        action: String
    ) throws(StoreError) {
        guard flock(descriptor, (isShared ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0 else {
            let isHeld = errno == EWOULDBLOCK
            let failure = StoreFiles.failure(operation, path, action)
            Glibc.close(descriptor)
            guard isHeld else { throw failure }
            return nil
        }
        self.init(descriptor)
    }

    /// Whether the file is still what a path leads to: it may have been removed or renamed before it was locked.
    func isStill(at path: FilePath) -> Bool { StoreFiles.isSame(descriptor, path) }

    deinit {
        if getpid() == owner { flock(descriptor, LOCK_UN) }
        Glibc.close(descriptor)
    }
}
