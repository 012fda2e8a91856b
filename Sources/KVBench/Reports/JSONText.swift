import FoundationEssentials

/// JSON as every command prints it: indented, keys in alphabetical order, so that two documents can be compared by line,
/// and lists of numbers on one.
public enum JSONText {
    /// The document as text, ended by a line break.
    public static func encode(_ document: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return joined(String(decoding: try encoder.encode(document), as: UTF8.self)) + "\n"
    }

    /// The text with each list that holds nothing but numbers on one line.
    private static func joined(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var isInText = false
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") { isInText.toggle() }
            if byte == UInt8(ascii: "\\") {
                result.append(byte)
                index += 1
            } else if byte == UInt8(ascii: "["), !isInText, let end = endOfNumbers(bytes, from: index) {
                result.append(contentsOf: joinedList(bytes[index...end]))
                index = end + 1
                continue
            }
            result.append(bytes[index])
            index += 1
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Where a list ends that has only numbers in it; `nil` for another one.
    private static func endOfNumbers(_ bytes: [UInt8], from start: Int) -> Int? {
        for index in (start + 1)..<bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "]"): return index
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "+"),
                UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: ","), UInt8(ascii: " "), UInt8(ascii: "\n"):
                continue
            default: return nil
            }
        }
        return nil
    }

    private static func joinedList(_ list: ArraySlice<UInt8>) -> [UInt8] {
        var line: [UInt8] = []
        for byte in list where byte != UInt8(ascii: " ") && byte != UInt8(ascii: "\n") {
            line.append(byte)
            if byte == UInt8(ascii: ",") { line.append(UInt8(ascii: " ")) }
        }
        return line
    }
}
