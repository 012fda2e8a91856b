internal import Logging

/// Hands lines to a store's logger from where locks may be held, in the order in which they came.
final class StoreLog: Sendable {
    /// The store's logger, for those who hold nothing.
    let logger: Logger
    private let lines: HandOver<Line>

    private struct Line {
        let level: Logger.Level
        let text: Logger.Message
        let metadata: Logger.Metadata
    }

    init(_ logger: Logger) {
        self.logger = logger
        lines = HandOver(.innermost, mostWaiting: 1024) { line in
            logger.log(level: line.level, line.text, metadata: line.metadata)
        }
    }

    /// Whether anybody wants to know of that level: what a line says need not be found out otherwise.
    func wants(_ level: Logger.Level) -> Bool { logger.logLevel <= level }

    /// Takes a line, and does not wait until it is logged. To be called without a lock of rank `innermost`.
    func add(_ level: Logger.Level, _ text: Logger.Message, _ metadata: @autoclosure () -> Logger.Metadata) {
        guard wants(level) else { return }
        let line = Line(level: level, text: text, metadata: metadata())
        lines.add { line }
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
