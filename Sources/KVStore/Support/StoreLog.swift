internal import Logging

/// Hands lines to a store's logger from where locks may be held.
///
/// A log handler may take its time and use the store too, so lines are handed over by a thread that is made for them, in
/// the order in which they came.
final class StoreLog: @unchecked Sendable {  // guarded by its lock
    /// The store's logger, for those who hold nothing.
    let logger: Logger
    private let lock = Lock(.innermost)
    private var waiting: [Line] = []
    private var isHandingOver = false
    /// How many lines may wait: a handler that does not come round to them must not take all memory.
    private static let mostWaiting = 1024

    private struct Line {
        let level: Logger.Level
        let text: Logger.Message
        let metadata: Logger.Metadata
    }

    init(_ logger: Logger) { self.logger = logger }

    /// Whether anybody wants to know of that level: what a line says need not be found out otherwise.
    func wants(_ level: Logger.Level) -> Bool { logger.logLevel <= level }

    /// Takes a line, and does not wait until it is logged. To be called without a lock of rank `innermost`.
    func add(_ level: Logger.Level, _ text: Logger.Message, _ metadata: @autoclosure () -> Logger.Metadata) {
        guard wants(level) else { return }
        let line = Line(level: level, text: text, metadata: metadata())
        let isFirst = lock.withLock {
            guard waiting.count < Self.mostWaiting else { return false }
            waiting.append(line)
            guard !isHandingOver else { return false }
            isHandingOver = true
            return true
        }
        guard isFirst, !SeparateThread.start({ self.handOver() }) else { return }
        // Without a thread they wait for the next line.
        lock.withLock { isHandingOver = false }
    }

    private func handOver() {
        while true {
            let lines = lock.withLock {
                if waiting.isEmpty { isHandingOver = false }
                defer { waiting = [] }
                return waiting
            }
            if lines.isEmpty { return }
            for line in lines { logger.log(level: line.level, line.text, metadata: line.metadata) }
        }
    }
}

extension Logger.MetadataValue {
    /// A time in milliseconds, as the names that end with `_ms` have it.
    static func milliseconds(_ nanoseconds: UInt64) -> Logger.MetadataValue {
        let rest = String(nanoseconds / 1000 % 1000)
        return "\(nanoseconds / 1_000_000).\(String(repeating: "0", count: 3 - rest.count) + rest)"
    }

    /// The time since a moment of the monotonic clock.
    static func milliseconds(since begun: UInt64) -> Logger.MetadataValue {
        let now = MonotonicClock.now
        return milliseconds(now > begun ? now - begun : 0)
    }
}

extension StoreError {
    /// What a line says of an error.
    var logMetadata: Logger.Metadata {
        var metadata: Logger.Metadata = ["operation": "\(operation)", "code": "\(code)", "error": "\(self)"]
        if let namespace { metadata["namespace"] = "\(namespace)" }
        return metadata
    }
}
