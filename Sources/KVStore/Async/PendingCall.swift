internal import Synchronization

/// A task that waits for work done elsewhere, and the one decision between the work beginning and the task's
/// cancellation: whichever comes first.
final class PendingCall<Success: Sendable>: Sendable {
    private let state = Atomic<CallState>(.waiting)
    private let continuation = ContinuationBox<Success>()

    /// Suspends the task, calls `start`, and returns what the call is finished with.
    ///
    /// - Throws: `CancellationError` when the task is cancelled before the work began; else what the work throws.
    func wait(_ start: () -> Void) async throws -> Success {
        try Task.checkCancellation()
        return try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { (waiting: UnsafeContinuation<Success, any Error>) in
                continuation.set(waiting)
                start()
            }
        } onCancel: {
            guard move(to: .cancelled) else { return }
            continuation.resume(.failure(CancellationError()))
        }
    }

    /// Whether the work should be done: not when the task was cancelled first. To be asked once, before the work.
    func begin() -> Bool { move(to: .begun) }

    /// Resumes the task. Only after ``begin()`` said yes.
    func finish(_ result: Result<Success, any Error>) { continuation.resume(result) }

    private func move(to next: CallState) -> Bool {
        state.compareExchange(expected: .waiting, desired: next, ordering: .acquiringAndReleasing).exchanged
    }
}

private enum CallState: UInt8, AtomicRepresentable { case waiting, begun, cancelled }

/// A continuation and its result, whichever comes first: a task can be cancelled before it is suspended.
private final class ContinuationBox<Success: Sendable>: @unchecked Sendable {  // guarded by its lock
    private let lock = Lock()
    private var waiting: UnsafeContinuation<Success, any Error>?
    private var early: Result<Success, any Error>?

    func set(_ continuation: UnsafeContinuation<Success, any Error>) {
        let result = lock.withLock { () -> Result<Success, any Error>? in
            if early == nil { waiting = continuation }
            return early
        }
        if let result { continuation.resume(with: result) }
    }

    func resume(_ result: Result<Success, any Error>) {
        let continuation = lock.withLock { () -> UnsafeContinuation<Success, any Error>? in
            defer { waiting = nil }
            if waiting == nil { early = result }
            return waiting
        }
        continuation?.resume(with: result)
    }
}
