import Foundation

/// As much of JSON Schema as the repository's own need. A word that is not known here is a complaint too, so that nothing is
/// passed over.
struct JSONSchema {
    private let root: [String: Any]

    init(file: URL) throws {
        root = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any] ?? [:]
    }

    /// The schema of that name, beside the guides.
    static func named(_ name: String) throws -> JSONSchema {
        let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try JSONSchema(file: repository.appending(path: "docs/\(name).schema.json"))
    }

    /// What is wrong with a document, a key that the schema does not describe included.
    func complaints(about text: String) throws -> [String] {
        check(try JSONSerialization.jsonObject(with: Data(text.utf8)), root, "$")
    }

    private func check(_ value: Any, _ schema: [String: Any], _ path: String) -> [String] {
        schema.sorted { $0.key < $1.key }.flatMap { word, rule -> [String] in
            switch word {
            case "description", "title", "$schema", "$defs", "additionalProperties": return []
            case "$ref": return check(value, definition("\(rule)"), path)
            case "const", "enum":
                let allowed = word == "enum" ? rule as? [Any] ?? [] : [rule]
                return allowed.contains { Self.same($0, value) } ? [] : ["\(path) is \(value)"]
            case "type":
                let types = rule as? [String] ?? ["\(rule)"]
                return types.contains { Self.isOf($0, value) }
                    ? [] : ["\(path) is no \(types.joined(separator: " or "))"]
            case "minimum":
                guard let number = value as? Double, let least = rule as? Double else { return [] }
                return number >= least ? [] : ["\(path) is \(number)"]
            case "anyOf":
                let ways = (rule as? [[String: Any]] ?? []).map { check(value, $0, path) }
                // What comes closest has the fewest complaints.
                return ways.min { $0.count < $1.count } ?? []
            case "required":
                let keys = Set((value as? [String: Any] ?? [:]).keys)
                return (rule as? [String] ?? []).filter { !keys.contains($0) }.map { "\(path).\($0) is missing" }
            case "items":
                return (value as? [Any] ?? []).enumerated().flatMap {
                    check($1, rule as? [String: Any] ?? [:], "\(path)[\($0)]")
                }
            case "properties":
                return checkMembers(of: value, rule as? [String: Any] ?? [:], schema["additionalProperties"], path)
            default: return ["the schema has '\(word)', which is not known here"]
            }
        }
    }

    private func checkMembers(of value: Any, _ properties: [String: Any], _ others: Any?, _ path: String) -> [String] {
        guard let members = value as? [String: Any] else { return [] }
        return members.flatMap { key, member -> [String] in
            guard let schema = properties[key] ?? others else { return ["\(path).\(key) is not described"] }
            return check(member, schema as? [String: Any] ?? [:], "\(path).\(key)")
        }
    }

    private func definition(_ reference: String) -> [String: Any] {
        let name = reference.replacingOccurrences(of: "#/$defs/", with: "")
        return (root["$defs"] as? [String: Any])?[name] as? [String: Any] ?? ["type": "a definition of \(name)"]
    }

    private static func same(_ one: Any, _ other: Any) -> Bool {
        (one as? NSObject) == (other as? NSObject)
    }

    private static func isOf(_ type: String, _ value: Any) -> Bool {
        switch type {
        case "null": value is NSNull
        case "string": value is String
        case "object": value is [String: Any]
        case "array": value is [Any]
        case "number": value is Double && !(value is String)
        case "integer": (value as? Double).map { $0 == $0.rounded() } ?? false
        default: false
        }
    }
}
