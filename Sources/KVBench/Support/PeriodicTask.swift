import Dispatch

/// Does something at an interval, on a thread of its own, until it is stopped or fails.
final class PeriodicTask: Sendable {
    private let ending = DispatchSemaphore(value: 0)
    private let failure = Mailbox<any Error>()
    private let thread: WorkerThread

    /// - Throws: `Errno` when there is no thread to be had.
    init(name: String, every interval: Duration, _ body: @escaping @Sendable () throws -> Void) throws {
        let (ending, failure) = (ending, failure)
        let nanoseconds = Int(clamping: interval.inNanoseconds)
        thread = try WorkerThread(name: name) {
            do {
                while ending.wait(timeout: .now() + .nanoseconds(nanoseconds)) == .timedOut { try body() }
            } catch {
                failure.post(error)
            }
        }
    }

    /// Waits for the end of what is under way, and does nothing more. To be called once.
    ///
    /// - Throws: What the task failed with.
    func stop() throws {
        ending.signal()
        thread.join()
        if let error = failure.take() { throw error }
    }
}
