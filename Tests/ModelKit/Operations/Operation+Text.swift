internal import KVStore

// A history as text, a line for each operation:
//
//     write in=1 durability=synced { put key="a\x00" value=12#7; delete key="b" }

extension Operation: CustomStringConvertible {
    package var description: String {
        var words = [kind.rawValue]
        func add<Thing: Equatable>(_ name: String, _ thing: Thing, unless usual: Thing, _ text: (Thing) -> String) {
            if thing != usual { words.append("\(name)=\(text(thing))") }
        }
        let quoted = { (bytes: [UInt8]?) in Self.quote(bytes ?? []) }
        add("in", namespace, unless: 0) { "\($0)" }
        add("handle", handle, unless: 0) { "\($0)" }
        add("snapshot", snapshot, unless: nil) { "\($0 ?? 0)" }
        add("key", key, unless: [], quoted)
        add("lower", lower, unless: nil, quoted)
        add("upper", upper, unless: nil, quoted)
        add("prefix", prefix, unless: nil, quoted)
        add("value", value, unless: Value()) { "\($0.count)#\($0.seed)" }
        add("count", count, unless: 0) { "\($0)" }
        add("time", time, unless: 0) { "\($0)" }
        add("durability", durability, unless: nil) { $0?.rawValue ?? "" }
        if isReversed { words.append("reversed") }
        if isAsync { words.append("async") }
        if !steps.isEmpty { words.append("{ " + steps.map(\.description).joined(separator: "; ") + " }") }
        return words.joined(separator: " ")
    }

    private static func quote(_ bytes: [UInt8]) -> String {
        let hex = Array("0123456789abcdef")
        var text = "\""
        for byte in bytes {
            switch byte {
            case 0x21...0x7E where byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\"):
                text.append(Character(Unicode.Scalar(byte)))
            default: text += "\\x\(hex[Int(byte >> 4)])\(hex[Int(byte & 15)])"
            }
        }
        return text + "\""
    }
}

/// Why a text is no history.
package struct HistoryError: Error, CustomStringConvertible {
    package let description: String
}

extension Operation {
    /// Reads what ``description`` writes.
    package init(_ line: String) throws {
        var words = Self.words(of: line)[...]
        self = try Self.read(&words)
        guard words.isEmpty else { throw HistoryError(description: "more follows the operation in: \(line)") }
    }

    /// Words, braces and semicolons. A quoted byte string has no blanks: they are escaped.
    private static func words(of line: String) -> [Substring] {
        line.split(separator: " ").flatMap { word in
            word.hasSuffix(";") ? [word.dropLast(), ";"] : [word]
        }
    }

    private static func read(_ words: inout ArraySlice<Substring>) throws -> Operation {
        guard let name = words.popFirst(), let kind = Kind(rawValue: String(name)) else {
            throw HistoryError(description: "no operation begins with \(words.first ?? "nothing")")
        }
        var operation = Operation(kind)
        while let word = words.first, word != ";", word != "}" {
            words.removeFirst()
            if word == "{" {
                repeat { operation.steps.append(try read(&words)) } while words.popFirst() == ";"
                return operation
            }
            try operation.set(word)
        }
        return operation
    }

    private mutating func set(_ word: Substring) throws {
        let parts = word.split(separator: "=", maxSplits: 1)
        let text = parts.count > 1 ? parts[1] : ""
        switch parts[0] {
        case "in": namespace = try Self.number(text)
        case "handle": handle = try Self.number(text)
        case "snapshot": snapshot = try Self.number(text)
        case "key": key = try Self.unquote(text)
        case "lower": lower = try Self.unquote(text)
        case "upper": upper = try Self.unquote(text)
        case "prefix": prefix = try Self.unquote(text)
        case "value":
            let numbers = text.split(separator: "#")
            value = Value(
                count: try Self.number(numbers.first ?? ""), seed: UInt32(try Self.number(numbers.last ?? "")))
        case "count": count = try Self.number(text)
        case "time": time = try Self.number(text)
        case "durability": durability = .init(rawValue: String(text))
        case "reversed": isReversed = true
        case "async": isAsync = true
        default: throw HistoryError(description: "nothing is called \(parts[0])")
        }
    }

    private static func number(_ text: Substring) throws -> Int {
        guard let number = Int(text) else { throw HistoryError(description: "\(text) is no number") }
        return number
    }

    private static func unquote(_ text: Substring) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = text.utf8.dropFirst().dropLast()
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                bytes.append(byte)
                continue
            }
            guard rest.popFirst() == UInt8(ascii: "x"), rest.count >= 2,
                let escaped = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            else { throw HistoryError(description: "\(text) is no byte string") }
            bytes.append(escaped)
            rest = rest.dropFirst(2)
        }
        return bytes
    }
}
