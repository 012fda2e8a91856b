extension JSON {
    /// Reads a text that is one value, by RFC 8259. A member that is there twice is refused.
    init(parsing text: [UInt8]) throws(Failure) {
        var parser = JSONParser(text)
        self = try parser.whole()
    }
}

/// Reads JSON from front to end.
private struct JSONParser {
    private let text: [UInt8]
    private var place = 0

    /// How many values may be in one another: each takes space on the stack of the thread.
    private static let deepest = 100

    init(_ text: [UInt8]) { self.text = text }

    mutating func whole() throws(JSON.Failure) -> JSON {
        let value = try value(0)
        guard skipSpace() == nil else { throw failure("more follows the value") }
        return value
    }

    private func failure(_ what: String) -> JSON.Failure {
        JSON.Failure(description: "no JSON at byte \(place) of \(text.count): \(what)")
    }

    /// The next byte that is no space; nil at the end.
    private mutating func skipSpace() -> UInt8? {
        while place < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[place]) { place += 1 }
        return place < text.count ? text[place] : nil
    }

    private var next: UInt8? { place < text.count ? text[place] : nil }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        place += 1
        return true
    }

    private mutating func value(_ depth: Int) throws(JSON.Failure) -> JSON {
        guard depth <= Self.deepest else { throw failure("too many values in one another") }
        switch skipSpace() {
        case UInt8(ascii: "{"): return try object(depth)
        case UInt8(ascii: "["): return try array(depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        default: return .number(try number())
        }
    }

    private mutating func word(_ word: String, _ value: JSON) throws(JSON.Failure) -> JSON {
        guard text[place...].starts(with: word.utf8) else { throw failure("an unknown word") }
        place += word.utf8.count
        return value
    }

    private mutating func object(_ depth: Int) throws(JSON.Failure) -> JSON {
        place += 1
        var members: [String: JSON] = [:]
        if skipSpace() == UInt8(ascii: "}") {
            place += 1
            return .object(members)
        }
        while true {
            guard skipSpace() == UInt8(ascii: "\"") else { throw failure("the name of a member is missing") }
            let name = try string()
            guard skipSpace() == UInt8(ascii: ":") else { throw failure("a colon is missing") }
            place += 1
            guard members.updateValue(try value(depth + 1), forKey: name) == nil else {
                throw failure("a member is there twice")
            }
            guard try continues(until: "}") else { return .object(members) }
        }
    }

    private mutating func array(_ depth: Int) throws(JSON.Failure) -> JSON {
        place += 1
        var elements: [JSON] = []
        if skipSpace() == UInt8(ascii: "]") {
            place += 1
            return .array(elements)
        }
        while true {
            elements.append(try value(depth + 1))
            guard try continues(until: "]") else { return .array(elements) }
        }
    }

    /// Whether a comma follows, or else the end.
    private mutating func continues(until end: Unicode.Scalar) throws(JSON.Failure) -> Bool {
        _ = skipSpace()
        if take(",") { return true }
        guard take(end) else { throw failure("neither a comma nor the end follows") }
        return false
    }

    private mutating func number() throws(JSON.Failure) -> String {
        let start = place
        _ = take("-")
        if !take("0") { try digits() }
        if take(".") { try digits() }
        if take("e") || take("E") {
            _ = take("+") || take("-")
            try digits()
        }
        return String(decoding: text[start..<place], as: UTF8.self)
    }

    private mutating func digits() throws(JSON.Failure) {
        let start = place
        while let byte = next, (0x30...0x39).contains(byte) { place += 1 }
        guard place > start else { throw failure("a digit is missing") }
    }

    private mutating func string() throws(JSON.Failure) -> String {
        place += 1
        var bytes: [UInt8] = []
        while let byte = next, byte != UInt8(ascii: "\"") {
            guard byte >= 0x20 else { throw failure("a control character in a string") }
            place += 1
            if byte == UInt8(ascii: "\\") {
                bytes.append(contentsOf: String(Character(try escaped())).utf8)
            } else {
                bytes.append(byte)
            }
        }
        guard take("\"") else { throw failure("a string has no end") }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw failure("a string is not UTF-8") }
        return text
    }

    /// What follows a backslash.
    private mutating func escaped() throws(JSON.Failure) -> Unicode.Scalar {
        guard let byte = next else { throw failure("a string has no end") }
        place += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicode()
        default: throw failure("an unknown escape")
        }
    }

    /// One number of UTF-16, or the two of a surrogate pair.
    private mutating func unicode() throws(JSON.Failure) -> Unicode.Scalar {
        let first = try unit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard UTF16.isLeadSurrogate(first), take("\\"), take("u") else { throw failure("half of a surrogate pair") }
        let second = try unit()
        guard UTF16.isTrailSurrogate(second) else { throw failure("half of a surrogate pair") }
        return UTF16.decode(UTF16.EncodedScalar([first, second]))
    }

    private mutating func unit() throws(JSON.Failure) -> UInt16 {
        let digits = text[place...].prefix(4)
        guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw failure("four digits are missing") }
        place += 4
        return unit
    }
}
