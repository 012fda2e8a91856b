import FoundationEssentials
import KVStore

/// The manual page of a command and those below it, in the language of man(7), made of what the argument parser knows.
public struct ManualPage {
    private let root: Command

    /// - Parameter help: what the parser dumps as JSON.
    /// - Throws: What the decoder says about another text.
    public init(_ help: String) throws {
        root = try JSONDecoder().decode(Dump.self, from: Data(help.utf8)).command
    }

    /// The page, ended by a line break.
    public var text: String {
        let name = root.commandName
        var lines = [
            ".TH \(name.uppercased()) 1 \"\" \"\(name) \(Store.libraryVersion)\"", ".SH NAME",
            "\(Self.escaped(name)) \\- \(Self.escaped(root.abstract ?? ""))", ".SH SYNOPSIS",
        ]
        let commands = (root.subcommands ?? []).filter { $0.isShown && $0.commandName != "help" }
        lines += commands.map { ".br\n.B \(Self.escaped("\(name) \($0.commandName)"))\n" + Self.usage(of: $0) }
        lines.append(".SH DESCRIPTION")
        lines += Self.paragraphs(root.discussion) + Self.options(of: root)
        for command in commands {
            lines += [
                ".SH \(Self.escaped("\(name) \(command.commandName)".uppercased()))",
                Self.escaped(command.abstract ?? ""),
            ]
            if command.discussion != nil { lines.append(".PP") }
            lines += Self.paragraphs(command.discussion) + Self.options(of: command)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func usage(of command: Command) -> String {
        let arguments = (command.arguments ?? []).filter { $0.kind == "positional" && $0.isShown }
        let texts = arguments.map { argument in
            let name = "\\fI\(escaped(argument.valueName ?? ""))\\fR" + (argument.isRepeating ? " ..." : "")
            return argument.isOptional ? "[\(name)]" : name
        }
        return (texts + ["[options]"]).joined(separator: " ")
    }

    private static func paragraphs(_ text: String?) -> [String] {
        (text ?? "").split(separator: "\n", omittingEmptySubsequences: false).map { line in
            guard !line.isEmpty else { return ".PP" }
            // Examples keep their lines.
            return line.hasPrefix("  ") ? ".br\n\(escaped(String(line)))" : escaped(String(line))
        }
    }

    private static func options(of command: Command) -> [String] {
        (command.arguments ?? []).filter(\.isShown).flatMap { argument -> [String] in
            let names = (argument.names ?? []).map { name in
                "\\fB" + escaped((name.kind == "short" ? "-" : "--") + name.name) + "\\fR"
            }
            let value = "\\fI\(escaped(argument.valueName ?? ""))\\fR"
            let head: String =
                switch argument.kind {
                case "positional": value
                case "option": names.joined(separator: ", ") + " " + value
                default: names.joined(separator: ", ")
                }
            var text = argument.abstract ?? ""
            if let values = argument.allValues, !values.isEmpty {
                text += " One of: \(values.joined(separator: ", "))."
            }
            if let value = argument.defaultValue { text += " The default is \(value)." }
            return [".TP", head, escaped(text)]
        }
    }

    /// What stands for itself in a line.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "\\": result += "\\e"
            case "-": result += "\\-"
            default: result.append(character)
            }
        }
        // A line that began with one of these would be a command.
        return result.first.map { ".'".contains($0) } == true ? "\\&" + result : result
    }

    // MARK: What the parser dumps

    private struct Dump: Decodable {
        let command: Command
    }

    private struct Command: Decodable {
        let commandName: String
        let abstract: String?
        let discussion: String?
        let shouldDisplay: Bool?
        let subcommands: [Command]?
        let arguments: [Argument]?

        var isShown: Bool { shouldDisplay ?? true }
    }

    private struct Argument: Decodable {
        let kind: String
        let names: [Name]?
        let valueName: String?
        let abstract: String?
        let defaultValue: String?
        let allValues: [String]?
        let isOptional: Bool
        let isRepeating: Bool
        let shouldDisplay: Bool?

        var isShown: Bool { shouldDisplay ?? true }
    }

    private struct Name: Decodable {
        let kind: String
        let name: String
    }
}
