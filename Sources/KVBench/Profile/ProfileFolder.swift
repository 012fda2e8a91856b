import FoundationEssentials
import Glibc
import SystemPackage

/// The folder that a profile is left in, named after the time at which it was begun.
struct ProfileFolder: Sendable {
    let path: String
    /// Where the data of runs is, while they last.
    var data: String { path + "/data" }
    /// Whether it is in memory, where a sync costs nothing.
    let isInMemory: Bool

    /// Makes the folder, which is nobody else's: of two that begin in the same second one gets another name.
    ///
    /// - Parameter needed: how much room there has to be.
    /// - Throws: `UsageError` when it cannot be made, or there is too little room.
    init(in parent: FilePath, needed: Int, now: Date = Date()) throws(UsageError) {
        let parent = parent.string
        try Self.checkRoom(in: Self.existing(parent), needed: needed)
        try Self.makeParents(parent)
        let name = parent + "/" + now.formatted(.iso8601).filter { ($0 as Character) != (":" as Character) }
        var path = name
        var number = 1
        while mkdir(path, 0o755) != 0 {
            guard errno == EEXIST, number < 1000 else {
                throw UsageError("no folder can be made in '\(parent)' (\(Errno(rawValue: errno))); name another one")
            }
            number += 1
            path = "\(name)-\(number)"
        }
        // Some programs are started in it.
        let whole = realpath(path, nil)
        defer { free(whole) }
        self.path = whole.map { String(cString: $0) } ?? path
        isInMemory = ["tmpfs", "ramfs"].contains(Machine.fileSystem(of: path) ?? "")
    }

    /// The folder itself, or the first one above it that exists.
    private static func existing(_ path: String) -> String {
        var path = path
        while access(path, F_OK) != 0, let slash = path.lastIndex(of: "/") {
            path = slash == path.startIndex ? "/" : String(path[..<slash])
        }
        return access(path, F_OK) == 0 ? path : "."
    }

    private static func makeParents(_ path: String) throws(UsageError) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw UsageError("'\(path)' cannot be made; name a folder of yours for profiles")
        }
        guard access(path, W_OK | X_OK) == 0 else {
            throw UsageError("'\(path)' cannot be written to (\(Errno(rawValue: errno))); name a folder of yours")
        }
    }

    static func checkRoom(in path: String, needed: Int) throws(UsageError) {
        guard let free = freeBytes(in: path), free < needed else { return }
        throw UsageError(
            "'\(path)' has \(NumberText.bytes(free)) free, and this profile may need \(NumberText.bytes(needed)); make room,"
                + " name a folder on another disk, or give a shorter --duration")
    }

    /// What the file system has left for this user.
    static func freeBytes(in path: String) -> Int? {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        return Int(status.f_bavail) * Int(status.f_frsize)
    }

    /// The path of a file in it.
    func file(_ name: String) -> String { "\(path)/\(name)" }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: file(name)))
    }

    func read(_ name: String) -> String? { try? String(contentsOfFile: file(name), encoding: .utf8) }

    /// Removes a file or folder in it, if there is one.
    func remove(_ name: String) { Self.remove(file(name)) }

    func removeData() { Self.remove(data) }

    /// Removes all of it.
    func remove() { Self.remove(path) }

    private static func remove(_ path: String) {
        guard access(path, F_OK) == 0 else { return }
        try? FileManager.default.removeItem(atPath: path)
    }
}
