import Foundation

/// A thread with a body that can fail.
final class StartedThread: @unchecked Sendable {  // `failure` is written before and read after the semaphore
    private let ended = DispatchSemaphore(value: 0)
    private var failure: (any Error)?

    fileprivate init(_ body: @escaping @Sendable () throws -> Void) {
        Thread.detachNewThread { [self] in
            do { try body() } catch { failure = error }
            ended.signal()
        }
    }

    /// Waits for the end and throws what the body threw.
    func join() throws {
        ended.wait()
        if let failure { throw failure }
    }
}

extension Thread {
    static func started(_ body: @escaping @Sendable () throws -> Void) -> StartedThread { StartedThread(body) }
}
