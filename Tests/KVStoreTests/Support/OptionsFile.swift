import Foundation
import SystemPackage

/// The options file that the engine wrote for itself: what is really in effect.
struct OptionsFile {
    private var sections: [String: [String: String]] = [:]

    /// Reads the newest one in a database's folder.
    init(inDatabase folder: FilePath) throws {
        let names = try folder.names().filter { $0.hasPrefix("OPTIONS-") && !$0.hasSuffix(".dbtmp") }
        guard let newest = names.last else { throw NoOptionsFile(folder: folder) }
        var section = ""
        for line in String(decoding: try folder.appending(newest).read(), as: UTF8.self).split(separator: "\n") {
            let line = line.trimmingPrefix { $0 == " " }
            if line.hasPrefix("["), line.hasSuffix("]") {
                section = String(line.dropFirst().dropLast())
            } else if let equals = line.firstIndex(of: "="), !line.hasPrefix("#") {
                sections[section, default: [:]][String(line[..<equals])] = String(line[line.index(after: equals)...])
            }
        }
    }

    /// The value of an option, of the whole database, of a column family or of its tables; nil if there is none.
    func value(_ name: String, family: String = "default") -> String? {
        for section in ["DBOptions", "CFOptions \"\(family)\"", "TableOptions/BlockBasedTable \"\(family)\""] {
            if let value = sections[section]?[name] { return value }
        }
        return nil
    }

    /// The values of an option by the names of all that have it.
    var families: [String] {
        sections.keys.filter { $0.hasPrefix("CFOptions") }.map { String($0.dropFirst(11).dropLast()) }.sorted()
    }
}

struct NoOptionsFile: Error {
    let folder: FilePath
}
