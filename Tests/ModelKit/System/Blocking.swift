internal import Foundation

/// Runs asynchronous work from a thread that may wait: not one of Swift concurrency.
func blocking<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) throws -> Result {
    let box = Box<Result>()
    Task.detached {
        do { box.result = .success(try await body()) } catch { box.result = .failure(error) }
        box.ended.signal()
    }
    box.ended.wait()
    return try box.result.unsafelyUnwrapped.get()
}

private final class Box<Success>: @unchecked Sendable {  // written before the semaphore and read after it
    let ended = DispatchSemaphore(value: 0)
    var result: Result<Success, any Error>?
}
