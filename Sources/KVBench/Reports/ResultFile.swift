import FoundationEssentials
import Glibc

/// The file that an option names, `--json` for one, looked at before the run so that a slip does not cost its result.
public struct ResultFile: Sendable {
    private let path: String
    /// Whether it is no file but standard output, which then takes nothing else: `-`.
    public var isStandardOutput: Bool { path == "-" }

    /// Checks that the file can be written; it is neither made nor changed yet.
    ///
    /// - Throws: `UsageError` when its directory does not exist or cannot be written to, or when it is one itself.
    public init(_ path: String, option: String = "--json") throws(UsageError) {
        guard path != "-" else {
            self.path = path
            return
        }
        let exists = access(path, F_OK) == 0
        let folder = path.contains("/") ? String(path[...(path.lastIndex(of: "/") ?? path.startIndex)]) : "."
        guard access(exists ? path : folder, W_OK) == 0 else {
            throw UsageError("\(option) '\(path)' cannot be written; name a file in an existing directory of yours")
        }
        var status = stat()
        guard !exists || stat(path, &status) != 0 || status.st_mode & S_IFMT != S_IFDIR else {
            throw UsageError("\(option) '\(path)' is a directory; name a file")
        }
        self.path = path
    }

    /// Writes the document, replacing what the file held.
    ///
    /// - Throws: What the file system says when it cannot be written.
    public func write(_ document: some Encodable) throws { try write(text: JSONText.encode(document)) }

    /// Writes a text, replacing what the file held.
    ///
    /// - Throws: What the file system says when it cannot be written.
    public func write(text: String) throws {
        guard !isStandardOutput else { return Terminal.write(text) }
        try Data(text.utf8).write(to: URL(filePath: path))
    }
}
