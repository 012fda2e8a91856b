/// Any JSON, to show fields of documents that this version may not know.
enum JSONTree: Decodable, Equatable {
    case null
    case bool(Bool)
    case number(Double)
    case text(String)
    case list([JSONTree])
    case object([String: JSONTree])

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let bool = try? value.decode(Bool.self) {
            self = .bool(bool)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let list = try? value.decode([JSONTree].self) {
            self = .list(list)
        } else {
            self = .object(try value.decode([String: JSONTree].self))
        }
    }

    /// A member of an object.
    subscript(_ name: String) -> JSONTree? {
        guard case .object(let members) = self else { return nil }
        return members[name]
    }

    /// An element of a list.
    subscript(_ index: Int) -> JSONTree? {
        guard case .list(let elements) = self, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    /// Every field by its path, in the order of the paths, without lists of objects and long ones.
    var fields: [(path: String, value: String)] { fields(absent: "none") }

    /// The same with other words for what is absent.
    func fields(absent: String) -> [(path: String, value: String)] {
        guard case .object(let members) = self else { return [] }
        return members.sorted { $0.key < $1.key }.flatMap { name, value -> [(path: String, value: String)] in
            switch value {
            case .null: [(name, absent)]
            case .object: value.fields(absent: absent).map { ("\(name).\($0.path)", $0.value) }
            case .list(let elements):
                elements.count <= Self.longestList && elements.allSatisfy { $0.text != nil }
                    ? [(name, elements.isEmpty ? absent : elements.compactMap(\.text).joined(separator: ", "))] : []
            case .bool, .number, .text: [(name, value.text ?? absent)]
            }
        }
    }

    private static let longestList = 5

    /// A value that is there, and neither a list nor an object, as text.
    private var text: String? {
        switch self {
        case .bool(let bool): bool ? "yes" : "no"
        case .number(let number): NumberText.plain(number)
        case .text(let text): text
        case .null, .list, .object: nil
        }
    }
}
