internal import KVStoreInterface

/// Some rows, and where the next ones begin.
public struct TablePage<Key: KeyCodable & Sendable, Value: Sendable>: Sendable {
    /// The rows, in order.
    public let rows: [(key: Key, value: Value)]
    /// What to ask for the next page with; nil when there are no more rows.
    public let next: PageToken?
}

/// Where a page ended: behind its last row, whatever is put or deleted there meanwhile.
///
/// Its text can be handed to a client and back. It tells the last key to whoever decodes it, and is trusted with no more than
/// that: a token that somebody made up reads nothing outside of the range that is asked for.
public struct PageToken: Sendable, Hashable, LosslessStringConvertible {
    let key: [UInt8]
    let isReversed: Bool

    init(_ key: [UInt8], reversed: Bool) {
        self.key = key
        isReversed = reversed
    }

    /// What is left of a range.
    func rest(of range: KeyRange, reversed: Bool) throws -> KeyRange {
        guard reversed == isReversed else {
            throw TableError(.invalidToken, "the token is of pages in the other direction")
        }
        return isReversed ? range.before(key) : range.after(key)
    }

    /// The token as text: letters, digits, `-` and `_`.
    public var description: String {
        var text = isReversed ? "r" : "f"
        var bits: UInt32 = 0
        var count = 0
        for byte in key {
            bits = bits << 8 | UInt32(byte)
            count += 8
            while count >= 6 {
                count -= 6
                text.unicodeScalars.append(Self.alphabet[Int(bits >> UInt32(count) & 63)])
            }
        }
        if count > 0 { text.unicodeScalars.append(Self.alphabet[Int(bits << UInt32(6 - count) & 63)]) }
        return text
    }

    /// The token of a text; nil when it is none.
    public init?(_ description: String) {
        guard let first = description.utf8.first, first == UInt8(ascii: "r") || first == UInt8(ascii: "f") else {
            return nil
        }
        var key: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for scalar in description.unicodeScalars.dropFirst() {
            guard let digit = Self.alphabet.firstIndex(of: scalar) else { return nil }
            bits = bits << 6 | UInt32(digit)
            count += 6
            if count >= 8 {
                count -= 8
                key.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        self.init(key, reversed: first == UInt8(ascii: "r"))
        guard self.description == description else { return nil }
    }

    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".unicodeScalars)
}
