internal import Glibc
internal import SystemPackage

/// A folder of backups: `BACKUPS`, `LOCK`, `files/<SHA-256>` for what the backups share, `backups/<number>` for what
/// each consists of.
///
/// A backup is there when its list of files is, which is renamed into place last. A file that no list names was left by
/// a crash or a purge, and is removed by the next backup or purge.
final class BackupFolder {
    enum Access { case reading, writing, creating }

    let path: FilePath
    private let operation: StoreError.Operation
    private let lock: HeldLockFile?

    private var files: FilePath { path.appending("files") }
    private var manifests: FilePath { path.appending("backups") }
    private static let mark = "BACKUPS"
    private static let format = "KVStore backups 1\n"
    /// What is not yet whole has this name.
    private static let unfinished = "new"

    /// Opens the folder and keeps others from changing it, or from reading it while it is changed.
    init(_ path: FilePath, _ access: Access, _ operation: StoreError.Operation) throws(StoreError) {
        self.path = path
        self.operation = operation
        try Self.check(path, access, operation)
        if access == .creating {
            try path.checkIsNobodys(operation)
            try StoreFiles.makeFolders(path, operation)
        }
        lock = try Self.lock(path, access, operation)
        if access == .creating { try create() }
        for folder in [files, manifests] { try StoreFiles.checkIsNoLink(folder, operation) }
        try checkFormat()
    }

    /// Refuses what is no folder of backups before anything is touched.
    private static func check(
        _ path: FilePath, _ access: Access, _ operation: StoreError.Operation
    ) throws(StoreError) {
        func refuse(_ message: String) -> StoreError {
            StoreError(.invalidArgument, operation, path: path, message)
        }
        guard !path.isEmpty else { throw refuse("the path of the backups is empty") }
        guard StoreFiles.exists(path) else {
            if access == .creating { return }
            throw refuse("there is nothing here; backups are made by Store.backup(to:)")
        }
        guard StoreFiles.isDirectory(path) else { throw refuse("this is a file; backups are in a folder of their own") }
        let names = try StoreFiles.list(path, operation)
        if names.contains(mark) { return }
        guard access == .creating else { throw refuse("there are no backups here: the folder has no file BACKUPS") }
        // What was cut short before the folder was one of backups.
        func isOurs(_ name: String) -> Bool {
            let entry = path.appending(name)
            switch name {
            case "LOCK", "lost+found": return true
            case unfinished: return StoreFiles.kind(entry) == .file
            case "files", "backups":
                return StoreFiles.kind(entry) == .folder && (try? StoreFiles.list(entry, operation))?.isEmpty == true
            default: return false
            }
        }
        guard names.allSatisfy(isOurs) else {
            throw refuse(
                "the folder holds other things and no file BACKUPS; give an empty folder or one that has backups")
        }
    }

    private static func lock(
        _ path: FilePath, _ access: Access, _ operation: StoreError.Operation
    ) throws(StoreError) -> HeldLockFile? {
        let file = path.appending("LOCK")
        let flags = access == .reading ? O_RDONLY : O_RDWR | O_CREAT
        // A copy of the folder may come without it, and on a disk that cannot be written nobody changes anything.
        if access == .reading, StoreFiles.kind(file) == nil { return nil }
        let descriptor = try StoreFiles.openFile(file, flags, operation, action: "open the lock file")
        let lock = try HeldLockFile(
            locking: descriptor, isShared: access == .reading, file, operation, action: "lock the backups")
        if let lock { return lock }
        throw StoreError(
            .busy, operation, path: path,
            "the backups in this folder are being made, read or purged elsewhere; try again when that is done")
    }

    private func create() throws(StoreError) {
        try StoreFiles.makeFolder(files, operation)
        try StoreFiles.makeFolder(manifests, operation)
        guard StoreFiles.kind(path.appending(Self.mark)) == nil else { return }
        try publish(Self.format, as: path.appending(Self.mark))
    }

    private func checkFormat() throws(StoreError) {
        let file = path.appending(Self.mark)
        let text = String(decoding: try StoreFiles.read(file, operation), as: UTF8.self)
        guard text != Self.format else { return }
        guard text.hasPrefix("KVStore backups "), text.hasSuffix("\n"), let format = Int(text.dropFirst(16).dropLast()),
            format > 1
        else {
            throw StoreError(
                .corruption, operation, path: file,
                "the file is damaged; it should hold the line \"KVStore backups 1\"")
        }
        throw StoreError(
            .formatTooNew, operation, path: file,
            "the folder has another format than this version of the library reads: use a newer version")
    }

    /// Writes a file that is there whole or not at all.
    private func publish(_ text: String, as target: FilePath) throws(StoreError) {
        let folder = target.removingLastComponent()
        let unfinished = folder.appending(Self.unfinished)
        try StoreFiles.write(text, to: unfinished, operation)
        try StoreFiles.rename(unfinished, to: target, operation)
        try StoreFiles.syncFolder(folder, operation)
    }
}

// MARK: Backups

extension BackupFolder {
    /// The numbers of the backups that are there, in ascending order.
    func numbers() throws(StoreError) -> [Int] {
        try StoreFiles.list(manifests, operation).compactMap { name in
            // What is written in another way is not ours.
            Int(name).flatMap { $0 > 0 && String($0) == name ? $0 : nil }
        }.sorted()
    }

    func manifest(_ number: Int) throws(StoreError) -> BackupManifest {
        let file = list(number)
        let bytes = try StoreFiles.read(file, atMost: BackupManifest.sizeLimit, operation)
        return try BackupManifest(bytes, numbered: number, path: file, operation)
    }

    private func list(_ number: Int) -> FilePath { manifests.appending(String(number)) }

    /// The number of the backup that comes after another.
    func number(after last: Int?) throws(StoreError) -> Int {
        guard let last else { return 1 }
        guard last < .max else {
            throw StoreError(
                .corruption, operation, path: list(last),
                "no number is left after this backup, which no library has made; remove this file to go on")
        }
        return last + 1
    }

    /// The backup of a number, the newest one without.
    func manifest(numbered number: Int?) throws(StoreError) -> BackupManifest {
        let numbers = try numbers()
        guard let number = number ?? numbers.last, numbers.contains(number) else {
            let those =
                numbers.isEmpty ? "there are none" : "there are \(numbers.map(String.init).joined(separator: ", "))"
            throw StoreError(
                .invalidArgument, operation, path: path,
                "there is no backup \(number.map { "\($0) " } ?? "")in this folder; \(those)")
        }
        return try manifest(number)
    }

    /// Makes it a backup: from here on it is there.
    func publish(_ manifest: BackupManifest) throws(StoreError) {
        let text = manifest.text
        guard text.utf8.count <= BackupManifest.sizeLimit.bytes else {
            throw StoreError(
                .invalidArgument, operation, path: path,
                "the store has \(manifest.files.count) files, whose list takes \(ByteCount(text.utf8.count)): a backup's list has "
                    + "at most \(BackupManifest.sizeLimit). Compact its namespaces, or make checkpoints instead")
        }
        try publish(text, as: list(manifest.number))
    }

    /// Removes the oldest backups, and then what only they consisted of.
    func purge(keeping count: Int) throws(StoreError) -> [Int] {
        let removed = Array(try numbers().dropLast(count))
        // What is to stay must be known to be needed.
        for number in try numbers().suffix(count) { _ = try manifest(number) }
        for number in removed { try StoreFiles.remove(manifests.appending(String(number)), operation) }
        try StoreFiles.syncFolder(manifests, operation)
        try removeUnused()
        return removed
    }
}

// MARK: Shared files

extension BackupFolder {
    /// Where what a file of a backup holds is.
    func file(_ digest: FileDigest) -> FilePath { files.appending(digest.sha256) }

    /// Whether what a file of a backup holds is there.
    ///
    /// - Parameter isChecking: whether it is read; otherwise its size tells.
    func holds(_ digest: FileDigest, checking isChecking: Bool) throws(StoreError) -> Bool {
        guard StoreFiles.kind(file(digest)) == .file, StoreFiles.size(file(digest)) == digest.size else { return false }
        guard isChecking else { return true }
        do throws(StoreError) {
            return try FileDigest(reading: file(digest), operation) == digest
        } catch {
            // What cannot be read is as good as damaged, and written anew.
            guard error.code == .ioError else { throw error }
            return false
        }
    }

    /// Takes in what a file holds. What is there under its name, which may have been damaged since, is replaced.
    ///
    /// - Returns: what it is, and whether it was not there.
    func add(_ source: FilePath) throws(StoreError) -> (digest: FileDigest, isNew: Bool) {
        let unfinished = files.appending(Self.unfinished)
        try StoreFiles.remove(unfinished, operation)
        let digest = try FileDigest(reading: source, copyingTo: unfinished, operation)
        let isNew = try !holds(digest, checking: false)
        try StoreFiles.rename(unfinished, to: file(digest), operation)
        return (digest, isNew)
    }

    /// Puts the names of the files on disk.
    func syncFiles() throws(StoreError) { try StoreFiles.syncFolder(files, operation) }

    /// Checks that what a file of a backup holds is what was put there.
    ///
    /// - Parameter copy: where to write it on the way.
    func check(_ file: BackupManifest.File, copyingTo copy: FilePath? = nil) throws(StoreError) {
        let stored = self.file(file.digest)
        func damaged(_ what: String) -> StoreError {
            StoreError(
                .corruption, operation, path: stored,
                "\(what): this is \(file.path) of the store, and every backup that shares it is damaged. Remove it and make "
                    + "a new backup, which writes it again if the store still has it; or restore an older backup")
        }
        guard StoreFiles.exists(stored) else { throw damaged("the file is missing") }
        // Before it is read: one that is longer is not read to its end.
        let size = StoreFiles.size(stored) ?? 0
        guard size == file.digest.size else {
            throw damaged("the file has \(size) bytes instead of \(file.digest.size)")
        }
        let digest = try FileDigest(reading: stored, atMost: size, copyingTo: copy, operation)
        guard digest == file.digest else { throw damaged("the checksum of the file does not fit") }
    }

    /// The identity of the store that a backup was made of.
    func identity(of manifest: BackupManifest) throws(StoreError) -> StoreIdentity {
        guard let file = manifest.files.first(where: { $0.path == StoreDirectory.identityFile }) else {
            throw StoreError(
                .corruption, operation, path: manifests.appending(String(manifest.number)),
                "the backup lacks the file \(StoreDirectory.identityFile) of the store")
        }
        try check(file)
        return try StoreIdentity(StoreFiles.read(self.file(file.digest), operation), path: self.file(file.digest))
    }

    /// Removes the files that no backup consists of; none while there is a backup that cannot be read.
    func removeUnused() throws(StoreError) {
        var used: Set<String> = []
        for number in try numbers() { used.formUnion(try manifest(number).files.map(\.digest.sha256)) }
        for name in try StoreFiles.list(files, operation) where !used.contains(name) && isOurs(name) {
            try StoreFiles.remove(files.appending(name), operation)
        }
        try StoreFiles.syncFolder(files, operation)
    }

    /// Whether a name in the folder of files is one that we gave.
    private func isOurs(_ name: String) -> Bool {
        let isDigest = name.utf8.count == 64 && name.allSatisfy { ("0"..."9").contains($0) || ("a"..."f").contains($0) }
        return (isDigest || name == Self.unfinished) && StoreFiles.kind(files.appending(name)) == .file
    }
}
