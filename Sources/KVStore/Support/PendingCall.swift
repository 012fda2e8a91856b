internal import Synchronization

/// A task that waits for work done elsewhere, and the one decision between the work beginning and the task's
/// cancellation: whichever comes first.
final class PendingCall<Success: Sendable>: @unchecked Sendable {  // `continuation` is guarded by `state`
    private let state = Atomic<CallState>(.starting)
    /// Set before the task is waiting, and used once after that: by who cancels it or by who begins the work.
    private var continuation: UnsafeContinuation<Success, any Error>?

    /// Suspends the task, calls `start`, and returns what the call is finished with.
    ///
    /// - Throws: `CancellationError` when the task is cancelled before the work began; else what the work throws.
    func wait(_ start: () -> Void) async throws -> Success {
        try Task.checkCancellation()
        // Pairs with the release in `finish`: the continuation does the same, where the thread sanitizer does not see
        // it.
        defer { _ = state.load(ordering: .acquiring) }
        return try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { (continuation: UnsafeContinuation<Success, any Error>) in
                self.continuation = continuation
                guard move(.starting, to: .waiting) else {
                    continuation.resume(throwing: CancellationError())
                    return
                }
                start()
            }
        } onCancel: {
            if move(.starting, to: .cancelled) { return }
            if move(.waiting, to: .cancelled) { continuation?.resume(throwing: CancellationError()) }
        }
    }

    /// Whether the task was cancelled before the work began, which then never does.
    var wasCancelled: Bool { state.load(ordering: .acquiring) == .cancelled }

    /// Whether the work should be done: not when the task was cancelled first. To be asked once, before the work.
    func begin() -> Bool { move(.waiting, to: .begun) }

    /// Resumes the task. Only after ``begin()`` said yes.
    func finish(_ result: Result<Success, any Error>) {
        state.store(.finished, ordering: .releasing)
        continuation?.resume(with: result)
    }

    private func move(_ state: CallState, to next: CallState) -> Bool {
        self.state.compareExchange(expected: state, desired: next, ordering: .acquiringAndReleasing).exchanged
    }
}

private enum CallState: UInt8, AtomicRepresentable { case starting, waiting, begun, finished, cancelled }
