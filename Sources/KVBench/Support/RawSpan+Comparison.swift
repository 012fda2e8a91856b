import Glibc

extension RawSpan {
    /// Whether both hold the same bytes.
    func equals(_ other: RawSpan) -> Bool {
        guard byteCount == other.byteCount else { return false }
        return withUnsafeBytes { own in
            other.withUnsafeBytes { others in
                guard let one = own.baseAddress, let two = others.baseAddress else { return true }
                return memcmp(one, two, own.count) == 0
            }
        }
    }

    /// Whether the first bytes are those of `prefix`.
    func starts(with prefix: RawSpan) -> Bool {
        byteCount >= prefix.byteCount && extracting(first: prefix.byteCount).equals(prefix)
    }

    /// How this differs from what was expected, in words.
    func difference(from expected: RawSpan) -> String {
        guard byteCount == expected.byteCount else {
            return "\(byteCount) bytes instead of \(expected.byteCount)"
        }
        return withUnsafeBytes { own in
            expected.withUnsafeBytes { others in
                let first = zip(own, others).enumerated().first { $0.element.0 != $0.element.1 }
                return first.map { "another byte than was written at offset \($0.offset)" } ?? "what was written"
            }
        }
    }

    /// The bytes as text for a message, at most 64 of them.
    var asText: String {
        withUnsafeBytes { bytes in
            let text = String(decoding: bytes.prefix(64), as: UTF8.self)
            return "'" + text + (bytes.count > 64 ? "...'" : "'")
        }
    }
}

extension [UInt8] {
    /// The bytes as text for a message.
    var asText: String { span.bytes.asText }
}
