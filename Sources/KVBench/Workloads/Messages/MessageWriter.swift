/// The update that appends one message to a stream: reads two counters and writes five keys.
struct MessageWriter: BenchUpdate {
    /// The stream to append to.
    var stream = 0
    /// How many entries it writes.
    static let entries = 5
    /// The bytes of those.
    private(set) var bytes = 0
    private let format: MessageFormat
    private var keys = MessageKeys(streams: MessagesWorkload.streams)
    private var message: [UInt8] = []
    private var digits = MessageKeys.zero

    init(format: MessageFormat) {
        self.format = format
        message.reserveCapacity(format.size)
    }

    mutating func run(in transaction: inout some BenchTransaction & ~Copyable) throws {
        let position = try number(keys.version(stream), &transaction).map { $0 + 1 } ?? 0
        let global = try number(keys.globalPosition, &transaction) ?? 1
        keys.setPosition(position, of: stream)
        keys.setGlobalPosition(global)
        format.write(stream: stream, position: position, globalPosition: global, into: &message)

        bytes = 0
        try put(keys.message, message, &transaction)
        try put(keys.position(stream), global, &transaction)
        try put(keys.category, keys.name(stream), &transaction)
        try put(keys.version(stream), position, &transaction)
        try put(keys.globalPosition, global + 1, &transaction)
    }

    private func number(_ key: [UInt8], _ transaction: inout some BenchTransaction & ~Copyable) throws -> UInt64? {
        var number: UInt64?
        _ = try transaction.read(key.span.bytes) { number = try MessageKeys.number($0) }
        return number
    }

    private mutating func put(
        _ key: [UInt8], _ value: UInt64, _ transaction: inout some BenchTransaction & ~Copyable
    ) throws {
        Digits.write(value, into: &digits, at: 0)
        try put(key, digits, &transaction)
    }

    private mutating func put(
        _ key: [UInt8], _ value: [UInt8], _ transaction: inout some BenchTransaction & ~Copyable
    ) throws {
        try transaction.put(key.span.bytes, value.span.bytes)
        bytes += key.count + value.count
    }
}
