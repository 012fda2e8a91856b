internal import Glibc
internal import SystemPackage

/// A folder in which something is made that is not there yet. What a crash leaves of it is known as ours by the file
/// `KVSTORE-WORK` in it, which names it, and never by its own name alone: a folder of somebody else is not touched.
///
/// One call at a time, of any process, has it: the folder itself is locked, and the lock goes with the process.
final class WorkFolder {
    let path: FilePath
    private let operation: StoreError.Operation
    private var file: HeldLockFile?
    /// The name of the file that marks it.
    static let mark = "KVSTORE-WORK"

    /// Makes the folder, or takes over what a crash left of it.
    ///
    /// - Throws: `.busy` while another call has it; `.invalidArgument` when something else is there.
    init(_ path: FilePath, _ operation: StoreError.Operation) throws(StoreError) {
        self.path = path
        self.operation = operation
        // Again when somebody else was done with it, and so removed it, between making and locking it.
        while file == nil {
            guard mkdir(path.string, 0o755) == 0 || errno == EEXIST else {
                throw StoreFiles.failure(operation, path, "make the folder")
            }
            file = try Self.lock(path, operation)
        }
        try clear()
    }

    /// Removes it with all that is in it.
    func remove() {
        guard file != nil else { return }
        // Best effort: what is left is taken over by the next who makes it. The mark goes last.
        for name in ((try? StoreFiles.list(path, operation)) ?? []) where name != Self.mark {
            try? StoreFiles.remove(path.appending(name), operation)
        }
        try? StoreFiles.remove(path, operation)
        file = nil
    }

    /// Makes it another folder, from now on somebody else's.
    func give(to target: FilePath) throws(StoreError) {
        guard Glibc.rename(path.string, target.string) == 0 else {
            guard [EEXIST, ENOTEMPTY, ENOTDIR].contains(errno) else {
                throw StoreFiles.failure(operation, path, "rename the folder to \(target)")
            }
            throw StoreError(
                .invalidArgument, operation, path: target, "something else has come to be here meanwhile; it stays")
        }
        // There, it marks nothing: it names this folder.
        try? StoreFiles.remove(target.appending(Self.mark), operation)
        file = nil
    }

    /// Removes what a crash has left at a path, if it is ours and nobody has it.
    static func removeLeftover(_ path: FilePath, _ operation: StoreError.Operation) {
        guard StoreFiles.kind(path) == .folder, let names = try? StoreFiles.list(path, operation),
            isOurs(path, names, operation), let folder = try? WorkFolder(path, operation)
        else { return }
        folder.remove()
    }

    /// Removes the mark from a folder that was given away, where a crash came between.
    static func removeMark(from path: FilePath, _ operation: StoreError.Operation) throws(StoreError) {
        let file = path.appending(mark)
        guard StoreFiles.kind(file) == .file, text(of: file, operation) != text(path),
            text(of: file, operation).hasPrefix(firstLine)
        else { return }
        try StoreFiles.remove(file, operation)
    }

    /// - Returns: nil when the folder was removed or renamed meanwhile.
    private static func lock(
        _ path: FilePath, _ operation: StoreError.Operation
    ) throws(StoreError) -> HeldLockFile? {
        let descriptor = Glibc.open(path.string, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else {
            switch errno {
            case ENOENT: return nil
            case ENOTDIR, ELOOP: throw isTaken(path, operation)
            default: throw StoreFiles.failure(operation, path, "open the folder")
            }
        }
        let lock = try HeldLockFile(locking: descriptor, path, operation, action: "lock the folder")
        guard let lock else {
            throw StoreError(
                .busy, operation, path: path,
                "another call is making the same here; this one has done nothing. Try again when that has ended")
        }
        if lock.isStill(at: path) { return lock }
        return nil
    }

    /// Removes what a crash left, and marks the folder.
    private func clear() throws(StoreError) {
        let names = try StoreFiles.list(path, operation)
        guard Self.isOurs(path, names, operation) else { throw Self.isTaken(path, operation) }
        // What was left whole may have been opened as a store.
        if names.contains("LOCK") { _ = try StoreLock(path, creating: false) }
        for name in names where name != Self.mark { try StoreFiles.remove(path.appending(name), operation) }
        try StoreFiles.write(Self.text(path), to: path.appending(Self.mark), operation)
        try StoreFiles.syncFolder(path, operation)
    }

    /// An empty one is as good as ours, and so is one in which writing the mark was cut short.
    private static func isOurs(
        _ path: FilePath, _ names: [String], _ operation: StoreError.Operation
    ) -> Bool {
        if names.isEmpty { return true }
        guard names.contains(mark) else { return false }
        let text = text(of: path.appending(mark), operation)
        return text == Self.text(path) || names.count == 1 && text.isEmpty
    }

    private static let firstLine = "KVStore work folder 1\n"

    private static func text(_ path: FilePath) -> String {
        firstLine + (path.lastComponent?.string ?? "") + "\n"
    }

    private static func text(of file: FilePath, _ operation: StoreError.Operation) -> String {
        guard StoreFiles.kind(file) == .file, let size = StoreFiles.size(file), size <= 4096,
            let bytes = try? StoreFiles.read(file, operation)
        else { return "unknown" }
        return String(decoding: bytes.drop { $0 == 0 }, as: UTF8.self)
    }

    private static func isTaken(_ path: FilePath, _ operation: StoreError.Operation) -> StoreError {
        StoreError(
            .invalidArgument, operation, path: path,
            "the name under which the folder is made is taken by something else; move it away")
    }
}
