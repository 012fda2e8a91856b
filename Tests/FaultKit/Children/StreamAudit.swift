internal import Glibc
package import KVStore

/// Compares what a namespace holds of a stream with what the stream's head says that it must hold.
package struct StreamAudit {
    private let shape: StreamShape

    package init(_ shape: StreamShape) { self.shape = shape }

    /// Reads all of a stream in one scan.
    ///
    /// - Returns: the head, and what is wrong, if anything is.
    package func check(_ stream: Int, in readable: some Readable) throws -> (head: UInt64, complaint: String?) {
        let headValue = try readable.get(StreamShape.headKey(stream))
        guard let head = headValue.map(StreamShape.parseHead) ?? 0 else {
            return (0, "the head of stream \(stream) is no number")
        }
        var expected = ExpectedEntries(stream, head, shape)
        let prefix = Array(StreamShape.headKey(stream).prefix(5))
        var cursor = try readable.cursor(.prefix(prefix))
        while try cursor.next() {
            guard let entry = expected.next() else {
                return (head, "stream \(stream), head \(head): \(text(Array(cursor.key))) should not be there")
            }
            let key = cursor.key
            guard key.isEqual(to: entry.key) else {
                return (head, "stream \(stream), head \(head): \(text(Array(key))) where \(text(entry.key)) belongs")
            }
            let value = cursor.value
            guard value.isEqual(to: entry.value) else {
                return (head, "stream \(stream), head \(head): the value of \(text(entry.key)) is wrong")
            }
        }
        if let entry = expected.next() {
            return (head, "stream \(stream), head \(head): the scan ended before \(text(entry.key))")
        }
        return (head, nil)
    }

    private func text(_ key: [UInt8]) -> String { String(decoding: key, as: UTF8.self) }
}

/// The entries of a stream with a given head, in order.
package struct ExpectedEntries {
    private let stream: Int
    private let head: UInt64
    private let shape: StreamShape
    private var sequence: UInt64
    private var index = 0
    private var isOver: Bool

    package init(_ stream: Int, _ head: UInt64, _ shape: StreamShape) {
        self.stream = stream
        self.head = head
        self.shape = shape
        sequence = shape.kept(head: head)?.lowerBound ?? 0
        isOver = head == 0
    }

    package mutating func next() -> (key: [UInt8], value: [UInt8])? {
        guard !isOver else { return nil }
        guard sequence <= head else {
            isOver = true
            return (StreamShape.headKey(stream), StreamShape.headValue(head))
        }
        defer {
            index += 1
            if index == shape.keyCount(stream, sequence) {
                index = 0
                sequence += 1
            }
        }
        return (StreamShape.key(stream, sequence, index), shape.value(stream, sequence, index))
    }
}

extension RawSpan {
    package func isEqual(to bytes: [UInt8]) -> Bool {
        withUnsafeBytes { span in
            bytes.withUnsafeBytes { other in
                span.count == other.count
                    && (span.count == 0 || memcmp(span.baseAddress!, other.baseAddress!, span.count) == 0)
            }
        }
    }
}
