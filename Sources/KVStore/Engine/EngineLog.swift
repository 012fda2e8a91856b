internal import CRocksDB
internal import CRocksDBHints
internal import Logging

/// Where the warnings and errors of one database's engine go: the store's logger, where the engine can call back, or, with
/// all else that it tells, a file in the database's folder.
///
/// The engine calls on whatever thread it is on, with locks of its own held, so messages are handed over by another. What
/// the engine repeats, such as that writers are held up, is handed over once a minute.
final class EngineLog: @unchecked Sendable {  // what changes is used under the lock of `messages`
    /// The levels of the engine's that are handed over begin here.
    private static let warning: Int32 = 2
    /// Whether the engine writes them into its own file.
    let goesToFile: Bool
    private let messages: HandOver<EngineMessage>
    private var repetitions = RepeatedMessages()

    /// RocksDB's level of a file, `INFO_LEVEL`: what it opens, flushes and compacts.
    private static let fileLevel: Int32 = 1
    /// How large a file becomes before the next one is begun, and how many there are with those before it.
    static let fileSize = ByteCount.mebibytes(8), fileCount = 4

    /// - Parameters:
    ///   - path: the folder of the database.
    ///   - goesToFile: whether the engine writes into its own file, and nothing to the logger.
    init(_ logger: Logger, path: String, goesToFile: Bool) {
        self.goesToFile = goesToFile
        var logger = logger
        logger[metadataKey: "database"] = "\(path)"
        // There are no more kinds of messages in a minute than things go wrong at a time.
        messages = HandOver(.engineLog, mostWaiting: 256) { [logger] message in
            logger.log(level: message.loggerLevel, "RocksDB says: \(message.text)")
        }
    }

    /// Has a database that is opened with these options log here, which has to outlive it. An engine that cannot call
    /// back is left as it is.
    func set(in options: OpaquePointer) {
        if goesToFile {
            rocksdb_options_set_info_log_level(options, Self.fileLevel)
            rocksdb_options_set_max_log_file_size(options, Self.fileSize.bytes)
            rocksdb_options_set_keep_log_file_num(options, Self.fileCount)
            return
        }
        guard EngineFeatures.callsBackToLog else { return }
        _ = kvstore_set_callback_log(
            options, Self.warning,
            { state, level, text, size in
                guard let state, let text, level >= UInt32(EngineLog.warning) else { return }
                let bytes = UnsafeRawBufferPointer(start: text, count: size)
                guard let message = EngineMessage(level: level, engineText: String(decoding: bytes, as: UTF8.self))
                else { return }
                Unmanaged<EngineLog>.fromOpaque(state).takeUnretainedValue().add(message)
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    func add(_ message: EngineMessage) {
        messages.add { repetitions.filter(message, at: MonotonicClock.now) }
    }
}

/// What the engine says of its own accord.
struct EngineMessage: Equatable {
    /// RocksDB's `InfoLogLevel`.
    let level: UInt32
    let text: String

    init(level: UInt32, text: String) { (self.level, self.text) = (level, text) }

    /// One line, whatever the engine ends it with; nil for what nobody needs to know.
    init?(level: UInt32, engineText: String) {
        var text = engineText.split(whereSeparator: \.isNewline).joined(separator: " ")
        guard !Self.pointless.contains(where: { text.contains($0) }) else { return nil }
        // Elsewhere the engine hides keys, but the ends of table files are in this.
        if let edit = text.firstRange(of: "VersionEdit {") { text = String(text[..<edit.lowerBound]) + "..." }
        self.init(level: level, text: text)
    }

    /// What is thrown as well, and what it says of every load.
    private static let pointless = [
        "DB::Open() failed", "Tail prefetch size", "SST file opened without unique ID",
    ]

    var loggerLevel: Logger.Level {
        switch level {
        case 2: .warning
        case 3: .error
        default: .critical
        }
    }

    /// What messages have in common that differ in numbers alone.
    var kind: String { "\(level) \(text.filter { !$0.isNumber })" }
}

/// Tells what was said a moment ago from what is new.
struct RepeatedMessages {
    /// How long a kind of message is not repeated, in nanoseconds.
    static let pause: UInt64 = 60_000_000_000
    private static let mostKinds = 64
    private var kinds: [String: (saidAt: UInt64, unsaid: Int)] = [:]

    /// The message as it is to be handed over, with how many like it were not; nil when it is one of those.
    ///
    /// - Parameter now: the time, in nanoseconds.
    mutating func filter(_ message: EngineMessage, at now: UInt64) -> EngineMessage? {
        let kind = message.kind
        if let before = kinds[kind], now < before.saidAt + Self.pause {
            kinds[kind] = (before.saidAt, before.unsaid + 1)
            return nil
        }
        let unsaid = kinds[kind]?.unsaid ?? 0
        if kinds.count >= Self.mostKinds { kinds = kinds.filter { now < $0.value.saidAt + Self.pause } }
        if kinds.count >= Self.mostKinds { kinds = [:] }
        kinds[kind] = (now, 0)
        guard unsaid > 0 else { return message }
        return EngineMessage(
            level: message.level, text: "\(message.text) (and \(unsaid) times more since the last time)")
    }
}
