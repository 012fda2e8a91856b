/// A JSON value. The catalog's entries are such text, and reading them here keeps Foundation out of programs that do not
/// use it.
enum JSON: Equatable {
    case null
    case bool(Bool)
    /// As it is written: whether it fits shows where a type for it is asked for.
    case number(String)
    case string(String)
    case array([JSON])
    case object([String: JSON])

    /// Why a text is no JSON, or not what was asked for.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Its text, without spaces, members in the order of their names.
    var text: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .number(let text): text
        case .string(let value): Self.quoted(value)
        case .array(let elements): "[" + elements.map(\.text).joined(separator: ",") + "]"
        case .object(let members):
            "{"
                + members.sorted { $0.key < $1.key }.map { Self.quoted($0.key) + ":" + $0.value.text }
                .joined(separator: ",") + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\u{0}"..<" ":
                quoted += "\\u" + scalar.value.text(digits: 4, radix: 16)
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
