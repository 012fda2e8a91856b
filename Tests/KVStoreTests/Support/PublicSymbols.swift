import Foundation
import SystemPackage

/// A declaration of the library's public surface, found in its sources.
struct PublicSymbol {
    let place: String
    let declaration: String
    let comment: String

    /// Whether it throws itself, and not only a closure that it takes.
    var throwsErrors: Bool {
        var depth = 0
        let outside = declaration.filter { character in
            if character == "(" { depth += 1 }
            defer { if character == ")" { depth -= 1 } }
            return depth == 0
        }
        return outside.contains("throws")
    }

    /// All of them, but for what stands in for a requirement of a protocol, whose comment it has.
    static func all() throws -> [PublicSymbol] {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../Sources/KVStore").standardized.path
        let files = try FileManager.default.subpathsOfDirectory(atPath: root).filter { $0.hasSuffix(".swift") }
        return try files.sorted().flatMap { try symbols(of: root + "/" + $0, as: $0) }
    }

    private static let start =
        #"^ *public (?!import|private|extension)([a-z]+ )*(func|var|let|init|struct|enum|class|protocol)\b"#

    private static func symbols(of file: String, as name: String) throws -> [PublicSymbol] {
        let lines = try String(contentsOfFile: file, encoding: .utf8).components(separatedBy: "\n")
        return lines.indices.compactMap { index in
            guard lines[index].range(of: start, options: .regularExpression) != nil else { return nil }
            var above = index - 1
            while above >= 0, lines[above].drop(while: { $0 == " " }).hasPrefix("@") { above -= 1 }
            var comment: [String] = []
            while above >= 0, lines[above].drop(while: { $0 == " " }).hasPrefix("///") {
                comment.insert(lines[above].trimmingCharacters(in: .whitespaces), at: 0)
                above -= 1
            }
            let rest = lines[index...].prefix(8).joined(separator: " ")
            let declaration = rest.prefix { $0 != "{" }.split(separator: " ").joined(separator: " ")
            return PublicSymbol(
                place: "\(name):\(index + 1)", declaration: declaration,
                comment: comment.joined(separator: " "))
        }
    }
}
