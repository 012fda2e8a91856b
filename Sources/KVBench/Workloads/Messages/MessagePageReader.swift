/// Reads the first page of a stream and checks all of it.
struct MessagePageReader {
    private let format: MessageFormat
    private var keys = MessageKeys(streams: MessagesWorkload.streams)
    private var expected: [UInt8] = []
    private var page: [UInt64] = []

    init(format: MessageFormat) {
        self.format = format
        expected.reserveCapacity(format.size)
        page.reserveCapacity(MessagesWorkload.pageSize)
    }

    /// Reads the page of `stream`: a scan of its positions and a read of each message.
    ///
    /// - Returns: What was read: the entries of the positions and the messages.
    /// - Parameter acknowledged: How many messages of the stream were acknowledged before; there may be more by now.
    /// - Throws: `WrongAnswer` when the positions are not those from 0 on, when there are fewer than were acknowledged,
    ///   or when a message is missing or differs in any byte from what was written.
    mutating func read(
        _ stream: Int, acknowledged: Int, from session: some BenchSession, in keyspace: Int
    ) throws -> Operation {
        page.removeAll(keepingCapacity: true)
        try session.scan(
            prefix: keys.positionPrefix(stream).span.bytes, limit: MessagesWorkload.pageSize, in: keyspace
        ) { key, value in
            keys.setPosition(UInt64(page.count), of: stream)
            guard key.equals(keys.position(stream).span.bytes) else {
                throw WrongAnswer(
                    "\(MessageKeys.name(stream)), entry \(page.count) of its page: expected the key"
                        + " \(keys.position(stream).asText), found \(key.asText)")
            }
            page.append(try MessageKeys.number(value))
        }
        guard page.count >= min(acknowledged, MessagesWorkload.pageSize) else {
            throw WrongAnswer(
                "\(MessageKeys.name(stream)): \(acknowledged) messages were acknowledged, its page has \(page.count)")
        }
        for (position, globalPosition) in page.enumerated() {
            keys.setGlobalPosition(globalPosition)
            format.write(
                stream: stream, position: UInt64(position), globalPosition: globalPosition, into: &expected)
            try checkMessage(of: stream, position, from: session, in: keyspace)
        }
        let position = keys.position(stream).count + Digits.width
        return Operation(
            kind: .read, entries: 2 * page.count, bytes: page.count * (position + keys.message.count + format.size))
    }

    private func checkMessage(
        of stream: Int, _ position: Int, from session: some BenchSession, in keyspace: Int
    ) throws {
        let found = try session.read(keys.message.span.bytes, in: keyspace) { value in
            guard value.equals(expected.span.bytes) else {
                throw WrongAnswer(
                    "\(MessageKeys.name(stream)), position \(position): \(keys.message.asText) holds"
                        + " \(value.difference(from: expected.span.bytes))")
            }
        }
        guard found else {
            throw WrongAnswer(
                "\(MessageKeys.name(stream)), position \(position): \(keys.message.asText) is missing")
        }
    }
}
