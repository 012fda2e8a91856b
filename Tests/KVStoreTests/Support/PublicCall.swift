import Foundation

/// A function, initialiser, subscript or computed property of the public surface, found in sources.
struct PublicCall {
    /// `Type.name(labels:)`, or `Type.name` of a property.
    let name: String
    let isAsync: Bool
    /// Whether the compiler refuses it in async code.
    let isRefusedInAsyncCode: Bool
    /// What it takes: the types of its parameters, and their constraints.
    let takes: [String]
    let place: String

    /// Those of a source file, and what public protocols in it require.
    static func all(in source: String, file: String) -> [PublicCall] {
        let lines = source.components(separatedBy: "\n")
        var types: [(indentation: Int, name: String, isPublicProtocol: Bool)] = []
        return lines.indices.compactMap { index in
            let line = lines[index]
            let indentation = line.prefix { $0 == " " }.count
            if let type = line.firstMatch(of: typeStart) {
                types.removeAll { $0.indentation >= indentation }
                types.append((indentation, String(type.2), type.1 == "protocol" && line.contains("public ")))
                return nil
            }
            let isRequirement = types.last.map { $0.isPublicProtocol && indentation == $0.indentation + 4 } ?? false
            guard let start = line.firstMatch(of: isRequirement ? requirementStart : publicStart) else { return nil }
            let owner = types.filter { $0.indentation < indentation }.map(\.name).joined(separator: ".")
            let declaration = Declaration(lines[index...].joined(separator: "\n"))
            if start.1 == "var", !declaration.hasBody { return nil }
            var above = index - 1
            var attributes = ""
            while above >= 0, lines[above].drop(while: { $0 == " " }).hasPrefix("@") {
                attributes += lines[above]
                above -= 1
            }
            return PublicCall(
                name: (owner.isEmpty ? "" : owner + ".") + declaration.name, isAsync: declaration.isAsync,
                isRefusedInAsyncCode: attributes.contains("noasync"), takes: declaration.takes,
                place: "\(file):\(index + 1)")
        }
    }

    /// Those of the library.
    static func all() throws -> [PublicCall] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../Sources").standardized
        return try ["KVStore", "KVStoreInterface"].flatMap { module in
            let folder = root.appending(path: module).path
            let files = try FileManager.default.subpathsOfDirectory(atPath: folder).filter { $0.hasSuffix(".swift") }
            return try files.sorted().flatMap {
                all(in: try String(contentsOfFile: folder + "/" + $0, encoding: .utf8), file: $0)
            }
        }
    }

    nonisolated(unsafe) private static let typeStart =
        /^ *(?:@\w+ )*(?:public |package |private |fileprivate |final )*(extension|struct|class|enum|actor|protocol) ([A-Za-z.]+)/
    nonisolated(unsafe) private static let publicStart =
        /^ *(?:@\w+(?:\([^)]*\))? )*public (?:[a-z]+(?:\([a-z]+\))? )*(func|init|subscript|var)\b/
    nonisolated(unsafe) private static let requirementStart =
        /^ *(?:@\w+(?:\([^)]*\))? )*(?:[a-z]+(?:\([a-z]+\))? )*(func|init|subscript|var)\b/
}

/// What a declaration says, read from where it begins.
private struct Declaration {
    private(set) var name = ""
    private(set) var takes: [String] = []
    private(set) var isAsync = false
    private(set) var hasBody = false

    init(_ text: String) {
        let (head, body) = Self.split(text)
        hasBody = body != nil
        guard let keyword = head.firstMatch(of: /\b(func|init|subscript|var) ?/) else { return }
        let rest = head[keyword.range.upperBound...]
        if keyword.1 == "var" {
            name = String(rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
            isAsync = body?.firstMatch(of: /\bget async/) != nil
            return
        }
        let open = rest.firstIndex(of: "(") ?? rest.endIndex
        let beforeParameters = rest[..<open]
        let generics = beforeParameters.firstIndex(of: "<").map { $0 == rest.startIndex ? open : $0 } ?? open
        name = keyword.1 == "func" ? beforeParameters[..<generics].trimmingCharacters(in: .whitespaces) : "\(keyword.1)"
        let (parameters, end) = Self.parts(rest[open...])
        name += "(" + parameters.map { $0.prefix { $0 != " " && $0 != ":" } + ":" }.joined() + ")"
        takes = parameters.map(Self.type)
        if generics < open { takes.append(String(beforeParameters[generics...])) }
        isAsync = end.firstMatch(of: /^ *async\b/) != nil
    }

    /// The declaration up to its body, in one line, and the beginning of that; nil for a declaration without.
    private static func split(_ text: String) -> (head: String, body: String?) {
        var head = ""
        var depth = 0
        for index in text.indices {
            switch text[index] {
            case "(", "[": depth += 1
            case ")", "]": depth -= 1
            case "{" where depth == 0: return (oneLine(head), String(text[index...].prefix(200)))
            case "=" where depth == 0 && text[..<index].hasSuffix(" "):
                if !head.contains("func ") { return (oneLine(head), nil) }
            case "\n" where depth == 0 && !isContinued(text[text.index(after: index)...]): return (oneLine(head), nil)
            default: break
            }
            head.append(text[index])
        }
        return (oneLine(head), nil)
    }

    private static func isContinued(_ next: Substring) -> Bool {
        let next = next.drop { $0 == " " }
        return next.hasPrefix("->") || next.hasPrefix("{") || next.hasPrefix("where ") || next.hasPrefix(") ")
    }

    private static func oneLine(_ text: String) -> String {
        text.split { $0 == " " || $0 == "\n" }.joined(separator: " ")
    }

    /// The parts of what stands in parentheses, and what comes after them.
    private static func parts(_ text: Substring) -> (parts: [String], rest: Substring) {
        var parts: [String] = []
        var part = ""
        var depth = 0
        var previous: Character = " "
        for index in text.indices {
            let character = text[index]
            if "([<".contains(character) { depth += 1 }
            if ")]".contains(character) || character == ">" && previous != "-" { depth -= 1 }
            previous = character
            if depth == 0 || depth == 1 && character == "," {
                let trimmed = part.trimmingCharacters(in: .whitespaces)
                if !trimmed.isEmpty { parts.append(trimmed) }
                part = ""
                if depth == 0 { return (parts, text[text.index(after: index)...]) }
            } else if depth > 1 || character != "(" {
                part.append(character)
            }
        }
        return (parts, "")
    }

    private static func type(_ parameter: String) -> String {
        let type = parameter.drop { $0 != ":" }.dropFirst()
        return (type.firstRange(of: " = ").map { type[..<$0.lowerBound] } ?? type).trimmingCharacters(in: .whitespaces)
    }
}
