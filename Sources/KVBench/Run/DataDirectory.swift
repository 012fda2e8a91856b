import FoundationEssentials
import Glibc
public import SystemPackage

/// Where a run keeps its data: a fresh directory that goes with the run, or one that the user named and that stays.
public struct DataDirectory: Sendable {
    /// The directory.
    public let path: FilePath
    /// Whether the run made it for itself and removes it.
    public let isTemporary: Bool

    /// The directory for `requested`, or a fresh one in `parent` when that is `nil`.
    ///
    /// The fresh one is not in `/tmp`, which may be memory: the disk is part of what is measured.
    ///
    /// - Throws: `UsageError` when the requested directory holds anything or cannot be used, and when the parent is one that
    ///   a database keeps its files in.
    init(requested: FilePath?, parent: FilePath = ".") throws(UsageError) {
        if let requested {
            try Self.prepare(requested)
            path = requested
            isTemporary = false
        } else {
            try Self.refuseDatabase(parent)
            path = try Self.makeTemporary(in: parent)
            isTemporary = true
        }
    }

    /// The directory in which an earlier run has left its data, which stays.
    ///
    /// - Throws: `UsageError` when it cannot be written to.
    init(reused path: FilePath) throws(UsageError) {
        try Self.checkAccess(path)
        self.path = path
        isTemporary = false
    }

    /// Removes a temporary directory with all that is in it; never touches one that the user named.
    ///
    /// - Throws: What the file system says when something is left.
    func removeIfTemporary() throws {
        guard isTemporary, access(path.string, F_OK) == 0 else { return }
        try FileManager.default.removeItem(atPath: path.string)
    }

    /// The file that says that a directory was made by a run whose data can be used again.
    private static let mark = "KVBENCH"
    private static let markText = "kvbench namespaces 1\n"

    /// Has a later run take the directory for one with data of its own.
    func mark() throws {
        try Data(Self.markText.utf8).write(to: URL(fileURLWithPath: path.appending(Self.mark).string))
    }

    /// Looks whether an earlier run has left its data in a directory, before anything there is touched.
    ///
    /// - Throws: `UsageError` when it has not.
    static func checkMark(in path: FilePath) throws(UsageError) {
        let file = path.appending(mark)
        var status = stat()
        guard lstat(file.string, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            status.st_size == markText.utf8.count,
            let text = try? Data(contentsOf: URL(fileURLWithPath: file.string)), Array(text) == Array(markText.utf8)
        else {
            throw UsageError(
                "--data '\(path)' holds nothing that an earlier run of kvbench namespaces has left; leave --reuse out, or "
                    + "name a directory that does")
        }
    }

    /// Refuses a directory that is a database's, of this library or another: nothing of ours belongs in there.
    ///
    /// - Throws: `UsageError` that names the file by which it is one.
    static func refuseDatabase(_ path: FilePath) throws(UsageError) {
        let marks = [
            "STORE", "METADATA", "KVSTORE-WORK", "CURRENT", "PG_VERSION", "data.mdb", "KVBENCH", "bench.db",
            "postgres/PG_VERSION",
        ]
        var status = stat()
        for mark in marks where lstat("\(path.string)/\(mark)", &status) == 0 {
            throw UsageError(
                "'\(path)' holds a database, as its file \(mark) says, and is left alone; name another directory with"
                    + " --scratch or --data")
        }
    }

    private static func prepare(_ path: FilePath) throws(UsageError) {
        do {
            try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: true)
            guard try FileManager.default.contentsOfDirectory(atPath: path.string).isEmpty else {
                throw UsageError(
                    "--data '\(path)' is not empty; name a directory that is, or that does not exist yet, or go on with"
                        + " what an earlier run has left there with --reuse")
            }
        } catch let error as UsageError {
            throw error
        } catch {
            throw UsageError("--data '\(path)' cannot be used as a directory; name one that can be made or is empty")
        }
        try checkAccess(path)
    }

    private static func checkAccess(_ path: FilePath) throws(UsageError) {
        guard access(path.string, W_OK | X_OK) == 0 else {
            throw UsageError("--data '\(path)' cannot be written to (\(Errno(rawValue: errno))); name another one")
        }
    }

    private static func makeTemporary(in parent: FilePath) throws(UsageError) -> FilePath {
        var template = Array(parent.appending("kvbench-XXXXXX").string.utf8CString)
        guard mkdtemp(&template) != nil else {
            throw UsageError(
                "no directory can be made in '\(parent)' (\(Errno(rawValue: errno))); name another place with --scratch"
            )
        }
        // A server runs as somebody else, who has to get to its own folder in there.
        chmod(template, 0o711)
        return FilePath(String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }
}
