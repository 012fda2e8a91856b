internal import Logging

/// Tells of calls that took longer than ``StoreConfiguration/slowOperationThreshold``, at most one a second.
final class SlowCalls: @unchecked Sendable {  // guarded by its lock
    private let threshold: UInt64
    private let log: StoreLog
    private let lock = Lock(.innermost)
    private var nextAt: UInt64 = 0
    private var untold = 0
    /// What is slow makes many calls slow.
    private static let pause: UInt64 = 1_000_000_000
    /// They take as long as there is to do, and whoever calls them knows.
    private static let long: Set<StoreError.Operation> = [.compact, .ingest]

    init(_ threshold: Duration, _ log: StoreLog) {
        self.threshold = threshold.nanoseconds
        self.log = log
    }

    /// To be called when a call has ended, outside its namespace.
    ///
    /// - Parameter begun: when it began, by the monotonic clock.
    func end(_ operation: StoreError.Operation, since begun: UInt64, of context: ErrorContext) {
        let now = MonotonicClock.now
        let duration = now > begun ? now - begun : 0
        guard duration >= threshold, !Self.long.contains(operation) else { return }
        let unsaid: Int? = lock.withLock {
            guard now >= nextAt else {
                untold += 1
                return nil
            }
            nextAt = now + Self.pause
            defer { untold = 0 }
            return untold
        }
        guard let unsaid else { return }
        var metadata: Logger.Metadata = [
            "operation": "\(operation)", "duration_ms": .milliseconds(duration),
            "threshold_ms": .milliseconds(threshold),
        ]
        if let namespace = context.namespace { metadata["namespace"] = "\(namespace)" }
        if unsaid > 0 { metadata["untold"] = "\(unsaid)" }
        log.add(.warning, "an operation was slow", metadata)
    }
}
