internal import Glibc
internal import Synchronization

/// Threads for work that may wait for the disk, so that the threads of Swift concurrency never do.
///
/// Threads are made as they are needed, up to a limit, and end when they had nothing to do for a while.
///
/// What waits for a job of the pool must hold no lock that a job of the pool may wait for: the threads could all be
/// taken by jobs that wait for that lock. So only the calls of users run here, which nothing in the library waits for.
final class IOPool: @unchecked Sendable {  // guarded by its lock
    private let maxThreads: Int
    /// How long a thread waits for a job before it ends, in nanoseconds.
    private let patience: UInt64
    private let lock = Lock(.innermost)
    private let work = Condition()
    private var jobs: [@Sendable () -> Void] = []
    /// Where the jobs that are left begin; those before have been taken.
    private var nextJob = 0
    private var threads = 0
    private var idleThreads = 0
    private static let taken: @Sendable () -> Void = {}

    init(maxThreads: Int, patience: Duration = .seconds(10)) {
        self.maxThreads = maxThreads
        self.patience = patience.nanoseconds
    }

    /// How many threads there are.
    var threadCount: Int { lock.withLock { threads } }

    /// Runs a job on a thread of the pool, in the order of submission.
    func submit(_ job: @escaping @Sendable () -> Void) {
        let needsThread = lock.withLock {
            jobs.append(job)
            // A thread that was woken for an earlier job is idle until it runs.
            if jobs.count - nextJob <= idleThreads {
                work.signal()
                return false
            }
            guard threads < maxThreads else { return false }
            threads += 1
            return true
        }
        if needsThread { startThread() }
    }

    /// Runs `body` on a thread of the pool. Cancelled while it waits for one, it does not run and this throws
    /// `CancellationError`; once it runs, it finishes. When this returns, the pool holds on to nothing of `body`.
    func run<Success: Sendable>(_ body: @escaping @Sendable () throws -> Success) async throws -> Success {
        let call = PendingCall<Success>()
        let work = SingleUse(body)
        defer { if call.wasCancelled { work.release() } }
        return try await call.wait {
            self.submit {
                guard call.begin() else { return }
                call.finish(Result { try work.run() })
            }
        }
    }

    /// Runs `body` on a thread of the pool, also in a task that is cancelled: for what cleans up. When this returns,
    /// the pool holds on to nothing of `body`.
    func runToEnd<Success: Sendable>(_ body: @escaping @Sendable () throws -> Success) async throws -> Success {
        let work = SingleUse(body)
        return try await withUnsafeThrowingContinuation { continuation in
            submit { continuation.resume(with: Result { try work.run() }) }
        }
    }

    private func startThread() {
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self)
        if pthread_create(&thread, nil, runPoolThread, context.toOpaque()) == 0 {
            pthread_detach(thread)
            return
        }
        context.release()
        let isAlone = lock.withLock {
            threads -= 1
            return threads == 0
        }
        // With no thread to be had, the caller's is better than none.
        if isAlone, let job = takeIfAny() { job() }
    }

    private func takeIfAny() -> (@Sendable () -> Void)? {
        lock.withLock { takeLocked() }
    }

    private func takeLocked() -> (@Sendable () -> Void)? {
        guard nextJob < jobs.count else { return nil }
        let job = jobs[nextJob]
        // The last reference to it, and with it to a store, is not for the lock to let go of.
        jobs[nextJob] = Self.taken
        nextJob += 1
        if nextJob == jobs.count {
            jobs.removeAll(keepingCapacity: jobs.capacity <= 4096)
            nextJob = 0
        } else if nextJob >= 1024, nextJob * 2 >= jobs.count {
            jobs.removeFirst(nextJob)
            nextJob = 0
        }
        return job
    }

    fileprivate func runJobs() {
        while let job = next() { job() }
    }

    /// The next job; nil when there was none for so long that the thread is to end.
    private func next() -> (@Sendable () -> Void)? {
        lock.withLock {
            let end = MonotonicClock.after(patience)
            while true {
                if let job = takeLocked() { return job }
                let now = MonotonicClock.now
                guard now < end else {
                    threads -= 1
                    return nil
                }
                idleThreads += 1
                work.wait(lock, nanoseconds: end - now)
                idleThreads -= 1
            }
        }
    }
}

/// A closure that is let go of before the task that waits for it goes on: it may hold a database open.
private final class SingleUse<Success: Sendable>: @unchecked Sendable {  // used by who runs it or cancelled that
    private var body: (@Sendable () throws -> Success)?

    init(_ body: @escaping @Sendable () throws -> Success) { self.body = body }

    @inline(never)
    func run() throws -> Success {
        guard let body = self.body.take() else { throw CancellationError() }
        return try body()
    }

    func release() { body = nil }
}

private func runPoolThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let context { Unmanaged<IOPool>.fromOpaque(context).takeRetainedValue().runJobs() }
    return nil
}
