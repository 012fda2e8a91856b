import Foundation
import Synchronization

/// Runs `body` on that many threads of their own at the same time, and returns what each returned.
///
/// Threads and not tasks: what is tested blocks, and there should be more of them than there are cores.
@discardableResult
func onThreads<Result: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (Int) throws -> Result
) throws -> [Result] {
    let threads = (0..<count).map { index in RunningThread { try body(index) } }
    // All of them have ended before the first failure is thrown.
    return try threads.map { $0.wait() }.map { try $0.get() }
}

/// A thread that runs one closure, to wait for.
final class RunningThread<Result: Sendable>: @unchecked Sendable {  // `outcome` is handed over by the semaphore
    private let ended = DispatchSemaphore(value: 0)
    private var outcome: Swift.Result<Result, any Error>?

    init(_ body: @escaping @Sendable () throws -> Result) {
        let thread = Thread {
            self.outcome = Swift.Result { try body() }
            self.ended.signal()
        }
        thread.start()
    }

    /// Waits until the thread has ended. To be called once.
    func wait() -> Swift.Result<Result, any Error> {
        ended.wait()
        return outcome ?? .failure(CancellationError())
    }

    func get() throws -> Result { try wait().get() }
}

/// Waits until `condition` holds, at most `seconds`; returns whether it does.
///
/// By default as long as only something that is stuck takes, however many tests run at the same time.
func eventually(within seconds: Double = 300, _ condition: () throws -> Bool) rethrows -> Bool {
    let deadline = Date(timeIntervalSinceNow: seconds)
    while Date() < deadline {
        if try condition() { return true }
        usleep(1_000)
    }
    return try condition()
}

/// A flag that one thread sets and others look at.
final class Flag: Sendable {
    private let value = Atomic(false)

    var isSet: Bool { value.load(ordering: .acquiring) }

    func set() { value.store(true, ordering: .releasing) }
}
