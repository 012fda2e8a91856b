internal import FoundationEssentials
internal import Glibc
internal import SystemPackage

/// The few things that the store does to files itself, with the errors they may end in.
enum StoreFiles {
    static func exists(_ path: FilePath) -> Bool { access(path.string, F_OK) == 0 }

    /// Whether files can be made in a folder, which on a disk that is mounted for reading only they cannot.
    static func isWritable(_ path: FilePath) -> Bool { access(path.string, W_OK) == 0 }

    static func isDirectory(_ path: FilePath) -> Bool {
        var status = stat()
        return stat(path.string, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The names in a folder, in no order.
    static func list(_ path: FilePath, _ operation: StoreError.Operation) throws(StoreError) -> [String] {
        guard let folder = opendir(path.string) else { throw failure(operation, path, "read the folder") }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// The paths of all files in a folder and those below it, relative to it and in order.
    static func tree(_ path: FilePath, _ operation: StoreError.Operation) throws(StoreError) -> [String] {
        var files: [String] = []
        for name in try list(path, operation).sorted() {
            let entry = path.appending(name)
            files += isDirectory(entry) ? try tree(entry, operation).map { name + "/" + $0 } : [name]
        }
        return files
    }

    /// Makes a folder unless it is there. Its parent must be.
    static func makeFolder(_ path: FilePath, _ operation: StoreError.Operation) throws(StoreError) {
        guard mkdir(path.string, 0o755) != 0, !(errno == EEXIST && isDirectory(path)) else { return }
        throw failure(operation, path, "make the folder")
    }

    /// Makes a folder with those above it.
    static func makeFolders(_ path: FilePath, _ operation: StoreError.Operation) throws(StoreError) {
        if isDirectory(path) { return }
        let parent = path.removingLastComponent()
        if !parent.isEmpty, parent != path { try makeFolders(parent, operation) }
        try makeFolder(path, operation)
        try syncFolder(parent.isEmpty ? "." : parent, operation)
    }

    /// Puts the entries of a folder on disk.
    static func syncFolder(_ path: FilePath, _ operation: StoreError.Operation) throws(StoreError) {
        let descriptor = Glibc.open(path.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(operation, path, "open the folder") }
        defer { Glibc.close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure(operation, path, "sync the folder") }
    }

    /// Puts a folder with all that is in it on disk, what is innermost first.
    static func syncTree(_ path: FilePath, _ operation: StoreError.Operation) throws(StoreError) {
        for name in try list(path, operation) {
            let entry = path.appending(name)
            if isDirectory(entry) { try syncTree(entry, operation) } else { try syncFile(entry, operation) }
        }
        try syncFolder(path, operation)
    }

    private static func syncFile(_ path: FilePath, _ operation: StoreError.Operation) throws(StoreError) {
        let descriptor = Glibc.open(path.string, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(operation, path, "open the file") }
        defer { Glibc.close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure(operation, path, "sync the file") }
    }

    /// Gives a file that nobody changes any more a second name, or makes a copy where that cannot be.
    static func linkOrCopy(
        _ path: FilePath, to target: FilePath, _ operation: StoreError.Operation
    ) throws(StoreError) {
        if link(path.string, target.string) == 0 { return }
        switch errno {
        case EXDEV, EPERM, EMLINK, EOPNOTSUPP: break
        default: throw failure(operation, path, "link the file to \(target)")
        }
        do {
            try FileManager.default.copyItem(atPath: path.string, toPath: target.string)
        } catch {
            throw StoreError(.ioError, operation, path: path, "could not copy the file to \(target): \(error)")
        }
    }

    /// The size of a file; nil when there is none.
    static func size(_ path: FilePath) -> UInt64? {
        var status = stat()
        return stat(path.string, &status) == 0 ? UInt64(status.st_size) : nil
    }

    /// The disk space that a folder's files take, those in folders within included. What goes meanwhile does not count.
    static func allocatedSize(_ folder: FilePath, _ operation: StoreError.Operation) throws(StoreError) -> ByteCount {
        var size = ByteCount(0)
        for name in try list(folder, operation) {
            let entry = folder.appending(name)
            var status = stat()
            guard lstat(entry.string, &status) == 0 else { continue }
            size = size + 512 * ByteCount(Int(status.st_blocks))
            if status.st_mode & S_IFMT == S_IFDIR { size = size + (try allocatedSize(entry, operation)) }
        }
        return size
    }

    /// Puts a file on disk that somebody else writes, and says how much of it is there at least.
    static func syncedSize(_ path: FilePath, _ operation: StoreError.Operation) throws(StoreError) -> UInt64 {
        let descriptor = try openFile(path, O_RDONLY, operation)
        defer { Glibc.close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(operation, path, "read the size of the file") }
        guard fsync(descriptor) == 0 else { throw failure(operation, path, "sync the file") }
        return UInt64(status.st_size)
    }

    /// Writes a whole file and puts it on disk, under the name it is given at once or not at all.
    static func write(_ text: String, to path: FilePath, _ operation: StoreError.Operation) throws(StoreError) {
        let descriptor = Glibc.open(path.string, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure(operation, path, "create the file") }
        defer { Glibc.close(descriptor) }
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(operation, path, "write the file") }
            bytes = bytes.dropFirst(count)
        }
        guard fsync(descriptor) == 0 else { throw failure(operation, path, "sync the file") }
    }

    static func rename(
        _ path: FilePath, to target: FilePath, _ operation: StoreError.Operation
    ) throws(StoreError) {
        guard Glibc.rename(path.string, target.string) == 0 else { throw failure(operation, path, "rename the file") }
    }

    /// Removes a file, or a folder with all that is in it. What is not there is no failure.
    static func remove(_ path: FilePath, _ operation: StoreError.Operation) throws(StoreError) {
        guard exists(path) else { return }
        do {
            try FileManager.default.removeItem(atPath: path.string)
        } catch {
            throw StoreError(.ioError, operation, path: path, "could not remove it: \(error)")
        }
    }

    /// Removes a folder with all that is in it, entry by entry. What is not there is no failure.
    ///
    /// - Parameter goesOn: asked before each entry.
    /// - Returns: whether it is gone.
    static func remove(
        _ folder: FilePath, _ operation: StoreError.Operation, while goesOn: () -> Bool
    ) throws(StoreError) -> Bool {
        guard exists(folder) else { return true }
        for name in try list(folder, operation) {
            guard goesOn() else { return false }
            let entry = folder.appending(name)
            if isDirectory(entry) {
                guard try remove(entry, operation, while: goesOn) else { return false }
            } else if unlink(entry.string) != 0, errno != ENOENT {
                throw failure(operation, entry, "remove the file")
            }
        }
        guard rmdir(folder.string) == 0 || errno == ENOENT else {
            throw failure(operation, folder, "remove the folder")
        }
        return true
    }

    /// The error of the system call that just failed.
    static func failure(_ operation: StoreError.Operation, _ path: FilePath, _ action: String) -> StoreError {
        let number = errno
        let reason = String(cString: strerror(number))
        let code: StoreError.Code = number == ENOSPC || number == EDQUOT ? .noSpace : .ioError
        return StoreError(code, operation, path: path, "could not \(action): \(reason)")
    }
}
