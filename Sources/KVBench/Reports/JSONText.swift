import FoundationEssentials

/// JSON as every command prints it: indented, keys in alphabetical order, so that two documents can be compared by line.
public enum JSONText {
    /// The document as text, ended by a line break.
    public static func encode(_ document: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(document), as: UTF8.self) + "\n"
    }
}
