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

    /// Every field that is no list, by its path, in the order of the paths.
    var fields: [(path: String, value: String)] {
        guard case .object(let members) = self else { return [] }
        return members.sorted { $0.key < $1.key }.flatMap { name, value -> [(path: String, value: String)] in
            switch value {
            case .null: [(name, "not measured")]
            case .bool(let bool): [(name, bool ? "yes" : "no")]
            case .number(let number): [(name, NumberText.plain(number))]
            case .text(let text): [(name, text)]
            case .list: []
            case .object: value.fields.map { ("\(name).\($0.path)", $0.value) }
            }
        }
    }
}
