internal import Glibc

/// A thread of a store's own that works in turns, until it is told to stop.
final class BackgroundThread: @unchecked Sendable {  // guarded by its lock
    private let lock = Lock(.innermost)
    private let changed = Condition()
    private var body: (@Sendable () -> Void)?
    private var isStopping = false
    private var hasEnded = true

    /// Starts the thread, once.
    ///
    /// - Parameter body: what it does: ends soon after ``waits(until:)`` has answered no.
    /// - Returns: the system's error number when no thread could be made, else zero.
    func start(_ body: @escaping @Sendable () -> Void) -> Int32 {
        lock.withLock {
            self.body = body
            hasEnded = false
        }
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self)
        let status = pthread_create(&thread, nil, runBackgroundThread, context.toOpaque())
        if status == 0 {
            pthread_detach(thread)
        } else {
            end()
            context.release()
        }
        return status
    }

    /// Ends the thread and waits for it.
    func stop() {
        lock.withLock {
            isStopping = true
            changed.broadcast()
            while !hasEnded { changed.wait(lock) }
        }
    }

    /// Waits until that moment of the monotonic clock; false when the thread has to end instead.
    func waits(until due: UInt64) -> Bool {
        lock.withLock {
            while !isStopping {
                let now = MonotonicClock.now
                if now >= due { return true }
                changed.wait(lock, nanoseconds: due - now)
            }
            return false
        }
    }

    fileprivate func run() {
        lock.withLock { body }?()
        end()
    }

    private func end() {
        lock.withLock {
            body = nil
            hasEnded = true
            changed.broadcast()
        }
    }
}

private func runBackgroundThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let context { Unmanaged<BackgroundThread>.fromOpaque(context).takeRetainedValue().run() }
    return nil
}
