import Foundation
import Logging

/// A logger that keeps what is logged, and calls back with it.
final class KeptLog: @unchecked Sendable {  // guarded by its lock
    struct Message {
        let level: Logger.Level
        let text: String
        let metadata: Logger.Metadata
    }

    private let lock = NSLock()
    private var kept: [Message] = []
    private var action: (@Sendable (Message) -> Void)?

    var messages: [Message] { lock.withLock { kept } }

    var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

    /// Those with that text.
    func messages(_ text: String) -> [Message] { messages.filter { $0.text == text } }

    /// Has `action` called with each message from now on, by the thread that logs it.
    func onMessage(_ action: @escaping @Sendable (Message) -> Void) { lock.withLock { self.action = action } }

    private func add(_ message: Message) {
        let action = lock.withLock {
            kept.append(message)
            return self.action
        }
        action?(message)
    }

    private struct Handler: LogHandler {
        let log: KeptLog
        var logLevel = Logger.Level.trace
        var metadata: Logger.Metadata = [:]
        var metadataProvider: Logger.MetadataProvider?

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let metadata = metadata.merging(event.metadata ?? [:]) { $1 }
            log.add(Message(level: event.level, text: "\(event.message)", metadata: metadata))
        }
    }
}
