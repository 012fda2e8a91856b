internal import Glibc

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

    deinit {
        if getpid() == owner { flock(descriptor, LOCK_UN) }
        Glibc.close(descriptor)
    }
}
