import Foundation
import KVStore
import Testing

/// Runs tasks on threads of its own: those of Swift concurrency are few, and tests that wait may have them all.
private final class OwnThreads: TaskExecutor {
    static let shared = OwnThreads()
    private let queue = DispatchQueue(label: "tasks of tests", attributes: .concurrent)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

/// Threads whose calls must all return: those that do not are named, and fail the test instead of hanging it.
final class WatchedThreads: @unchecked Sendable {  // guarded by its lock
    struct Stuck: Error {}

    private let lock = NSLock()
    private let ended = DispatchSemaphore(value: 0)
    private var calls: [String: String] = [:]
    private var failures: [any Error] = []
    private var running = 0

    /// What a thread says of itself.
    struct Reporter: Sendable {
        fileprivate let threads: WatchedThreads
        fileprivate let name: String

        /// Runs a call under a name.
        @discardableResult
        func call<Result>(_ what: String, _ body: () throws -> Result) rethrows -> Result {
            threads.note(name, what)
            defer { threads.note(name, nil) }
            return try body()
        }

        /// The same for an asynchronous call, while this thread waits.
        func asyncCall(_ what: String, _ body: @escaping @Sendable () async throws -> Void) throws {
            try call(what) {
                let outcome = Outcome()
                Task(executorPreference: OwnThreads.shared) {
                    do {
                        try await body()
                    } catch {
                        outcome.error = error
                    }
                    outcome.ended.signal()
                }
                outcome.ended.wait()
                if let error = outcome.error { throw error }
            }
        }
    }

    private final class Outcome: @unchecked Sendable {  // handed over by the semaphore
        let ended = DispatchSemaphore(value: 0)
        var error: (any Error)?
    }

    /// Starts a thread.
    func start(_ name: String, _ body: @escaping @Sendable (Reporter) throws -> Void) {
        lock.withLock { running += 1 }
        let thread = Thread { [self] in
            do {
                try body(Reporter(threads: self, name: name))
            } catch {
                lock.withLock { failures.append(error) }
            }
            ended.signal()
        }
        thread.start()
    }

    /// Waits for all of them.
    ///
    /// - Throws: the first failure of one; ``Stuck`` when calls have not returned, which are reported.
    func wait(within seconds: Double = 60, _ comment: String = "", at location: SourceLocation = #_sourceLocation)
        throws
    {
        let deadline = DispatchTime.now() + seconds
        for _ in 0..<lock.withLock({ running }) where ended.wait(timeout: deadline) == .timedOut {
            let stuck = lock.withLock { calls.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" } }
            Issue.record(
                "\(comment) after \(Int(seconds)) s these calls have not returned: \(stuck.joined(separator: "; "))",
                sourceLocation: location)
            throw Stuck()
        }
        if let failure = lock.withLock({ failures.first }) { throw failure }
    }

    private func note(_ name: String, _ call: String?) { lock.withLock { calls[name] = call } }
}
