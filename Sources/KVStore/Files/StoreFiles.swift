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

    static func isLink(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
    }

    /// Whether a path still leads to what was opened at it.
    static func isSame(_ descriptor: Int32, _ path: FilePath) -> Bool {
        var (opened, named) = (stat(), stat())
        guard fstat(descriptor, &opened) == 0, lstat(path.string, &named) == 0 else { return false }
        return opened.st_dev == named.st_dev && opened.st_ino == named.st_ino
    }

    /// The names in a folder, in no order.
    static func list(_ path: FilePath, _ operation: StoreError.Operation) throws(StoreError) -> [String] {
        try list(opendir(path.string), path, operation)
    }

    /// The same; nil when there is none of that name, or it goes meanwhile.
    private static func listIfThere(
        _ path: FilePath, _ operation: StoreError.Operation
    ) throws(StoreError) -> [String]? {
        guard let names = names(in: opendir(path.string)) else {
            if errno == ENOENT { return nil }
            throw failure(operation, path, "read the folder")
        }
        return names
    }

    private static func list(
        _ folder: OpaquePointer?, _ path: FilePath, _ operation: StoreError.Operation
    ) throws(StoreError) -> [String] {
        guard let names = names(in: folder) else { throw failure(operation, path, "read the folder") }
        return names
    }

    /// Reads a folder that was opened, and closes it; nil with the number of the failure as the system call says it.
    private static func names(in folder: OpaquePointer?) -> [String]? {
        guard let folder else { return nil }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(folder) else { break }
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        let number = errno
        closedir(folder)
        errno = number
        return number == 0 ? names : nil
    }

    /// The paths of all files in a folder and those below it, relative to it and in order.
    static func tree(_ path: FilePath, _ operation: StoreError.Operation) throws(StoreError) -> [String] {
        var files: [String] = []
        for name in try list(path, operation).sorted() {
            let entry = path.appending(name)
            files += kind(entry) == .folder ? try tree(entry, operation).map { name + "/" + $0 } : [name]
        }
        return files
    }

    /// Makes a folder unless it is there. Its parent must be.
    ///
    /// - Returns: whether it was made.
    @discardableResult
    static func makeFolder(
        _ path: FilePath, _ operation: StoreError.Operation, mode: mode_t = 0o755
    ) throws(StoreError) -> Bool {
        if mkdir(path.string, mode) == 0 { return true }
        let isThere = errno == EEXIST
        let failure = failure(operation, path, "make the folder")
        guard isThere else { throw failure }
        if kind(path) == .link { throw isLink(path, operation) }
        guard isDirectory(path) else { throw failure }
        return false
    }

    /// Makes a folder, given from the root on, with those above it, all or none.
    ///
    /// - Returns: those that were made, the outermost first.
    @discardableResult
    static func makeFolders(
        _ path: FilePath, _ operation: StoreError.Operation
    ) throws(StoreError) -> [FilePath] {
        if isDirectory(path) { return [] }
        let parent = path.above
        var made = try parent.map { (parent) throws(StoreError) in try makeFolders(parent, operation) } ?? []
        do throws(StoreError) {
            if try makeFolder(path, operation) { made.append(path) }
            try syncFolder(parent ?? "/", operation)
        } catch {
            removeEmpty(made)
            throw error
        }
        return made
    }

    /// Removes folders that `makeFolders` has made and nobody has used since.
    static func removeEmpty(_ folders: [FilePath]) {
        for folder in folders.reversed() { guard rmdir(folder.string) == 0 else { return } }
    }

    /// Throws when a link stands in place of a file or folder of the store's own: what is done to it would be done
    /// elsewhere.
    static func checkIsNoLink(_ path: FilePath, _ operation: StoreError.Operation) throws(StoreError) {
        if kind(path) == .link { throw isLink(path, operation) }
    }

    private static func isLink(_ path: FilePath, _ operation: StoreError.Operation) -> StoreError {
        StoreError(
            .invalidArgument, operation, path: path,
            "this is a symbolic link, and nothing within the folder is followed out of it: put in its place what it leads to "
                + "(the folder as a whole may be a link, and another disk can be mounted within it)")
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
            if kind(entry) == .folder { try syncTree(entry, operation) } else { try syncFile(entry, operation) }
        }
        try syncFolder(path, operation)
    }

    /// - Parameter ifThere: whether one that is gone is nothing to sync.
    static func syncFile(
        _ path: FilePath, ifThere: Bool = false, _ operation: StoreError.Operation
    ) throws(StoreError) {
        let descriptor = Glibc.open(path.string, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        if ifThere, descriptor < 0, errno == ENOENT { return }
        guard descriptor >= 0 else { throw failure(operation, path, "open the file") }
        defer { Glibc.close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure(operation, path, "sync the file") }
    }

    /// Gives a file that nobody changes any more a second name, or makes a copy where that cannot be.
    static func linkOrCopy(
        _ path: FilePath, to target: FilePath, _ operation: StoreError.Operation
    ) throws(StoreError) {
        guard let kind = kind(path) else { throw failure(operation, path, "find the file") }
        guard kind == .file else {
            throw StoreError(.ioError, operation, path: path, "this is no regular file, as all of a database are")
        }
        if link(path.string, target.string) == 0 { return }
        switch errno {
        case EXDEV, EPERM, EMLINK, EOPNOTSUPP: try copy(path, to: target, operation)
        default: throw failure(operation, path, "link the file to \(target)")
        }
    }

    /// Copies a file to a path where there is nothing.
    private static func copy(
        _ path: FilePath, to target: FilePath, _ operation: StoreError.Operation
    ) throws(StoreError) {
        let source = Glibc.open(path.string, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard source >= 0 else { throw failure(operation, path, "open the file") }
        defer { Glibc.close(source) }
        let descriptor = try create(target, operation)
        defer { Glibc.close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = Glibc.read(source, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(operation, path, "read the file") }
            if count == 0 { return }
            try write(buffer[..<count], to: descriptor, target, operation)
        }
    }

    /// The size of a file; nil when there is none.
    static func size(_ path: FilePath) -> UInt64? {
        var status = stat()
        return stat(path.string, &status) == 0 ? UInt64(status.st_size) : nil
    }

    /// How long a file is and when it was last written, in milliseconds since 1970; nil when there is none.
    static func sizeAndDate(_ path: FilePath) -> (size: UInt64, modified: UInt64)? {
        var status = stat()
        guard lstat(path.string, &status) == 0 else { return nil }
        let seconds = UInt64(max(0, status.st_mtim.tv_sec))
        return (UInt64(status.st_size), seconds * 1000 + UInt64(status.st_mtim.tv_nsec) / 1_000_000)
    }

    /// What a folder's files take, those in folders within included. What goes meanwhile does not count.
    static func sizeOnDisk(_ folder: FilePath, _ operation: StoreError.Operation) throws(StoreError) -> DiskSize {
        try sizeOnDisk(list(folder, operation), of: folder, operation)
    }

    private static func sizeOnDisk(
        _ names: [String], of folder: FilePath, _ operation: StoreError.Operation
    ) throws(StoreError) -> DiskSize {
        var size = DiskSize(allocated: ByteCount(0), used: ByteCount(0))
        for name in names {
            let entry = folder.appending(name)
            var status = stat()
            guard lstat(entry.string, &status) == 0 else { continue }
            let blocks = 512 * ByteCount(Int(status.st_blocks))
            guard status.st_mode & S_IFMT == S_IFDIR else {
                size = size + DiskSize(allocated: blocks, used: ByteCount(Int(status.st_size)))
                continue
            }
            // As that of a load that has just ended.
            guard let names = try listIfThere(entry, operation) else { continue }
            size = size + DiskSize(allocated: blocks, used: ByteCount(0))
            size = size + (try sizeOnDisk(names, of: entry, operation))
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

    /// Writes a whole file and puts it on disk. A file that was left under the name is replaced by another; one that
    /// has other names, or what a link leads to, stays as it is.
    static func write(_ text: String, to path: FilePath, _ operation: StoreError.Operation) throws(StoreError) {
        let descriptor = try create(path, operation)
        defer { Glibc.close(descriptor) }
        try write(Array(text.utf8)[...], to: descriptor, path, operation)
        guard fsync(descriptor) == 0 else { throw failure(operation, path, "sync the file") }
    }

    /// Overwrites bytes of a file.
    static func write(
        _ bytes: [UInt8], to path: FilePath, at place: UInt64, _ operation: StoreError.Operation
    ) throws(StoreError) {
        let descriptor = try openFile(path, O_WRONLY, operation)
        defer { Glibc.close(descriptor) }
        guard pwrite(descriptor, bytes, bytes.count, off_t(place)) == bytes.count else {
            throw failure(operation, path, "write the file")
        }
    }

    private static func create(_ path: FilePath, _ operation: StoreError.Operation) throws(StoreError) -> Int32 {
        switch kind(path) {
        case nil: break
        case .file: try remove(path, operation)
        case .link: throw isLink(path, operation)
        case .folder, .other:
            throw StoreError(
                .invalidArgument, operation, path: path,
                "a file has to be written here, and something else has the name; move it away")
        }
        let descriptor = Glibc.open(path.string, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure(operation, path, "create the file") }
        return descriptor
    }

    private static func write(
        _ bytes: ArraySlice<UInt8>, to descriptor: Int32, _ path: FilePath, _ operation: StoreError.Operation
    ) throws(StoreError) {
        var bytes = bytes
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(operation, path, "write the file") }
            bytes = bytes.dropFirst(count)
        }
    }

    static func rename(
        _ path: FilePath, to target: FilePath, _ operation: StoreError.Operation
    ) throws(StoreError) {
        guard Glibc.rename(path.string, target.string) == 0 else { throw failure(operation, path, "rename the file") }
    }

    /// Removes a file, or a folder with all that is in it. What is not there is no failure.
    static func remove(_ path: FilePath, _ operation: StoreError.Operation) throws(StoreError) {
        _ = try remove(path, operation) { true }
    }

    /// Removes a file, or a folder with all that is in it, entry by entry. What is not there is no failure.
    ///
    /// No link is followed, neither in the folder nor on the way to it: of a link, the link goes.
    ///
    /// - Parameter goesOn: asked before each entry.
    /// - Returns: whether it is gone.
    static func remove(
        _ path: FilePath, _ operation: StoreError.Operation, while goesOn: () -> Bool
    ) throws(StoreError) -> Bool {
        guard let above = path.above, let name = path.string.split(separator: "/").last else { return false }
        let parent = openFolder(above)
        guard parent >= 0 else {
            if errno == ENOENT { return true }
            throw failure(operation, above, "open the folder, in which something is to be removed")
        }
        defer { Glibc.close(parent) }
        return try remove(String(name), in: parent, path, operation, while: goesOn)
    }

    private static func remove(
        _ name: String, in parent: Int32, _ path: FilePath, _ operation: StoreError.Operation, while goesOn: () -> Bool
    ) throws(StoreError) -> Bool {
        if unlinkat(parent, name, 0) == 0 || errno == ENOENT { return true }
        guard errno == EISDIR else { throw failure(operation, path, "remove the file") }
        let folder = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard folder >= 0 else {
            if errno == ENOENT { return true }
            throw failure(operation, path, "open the folder")
        }
        defer { Glibc.close(folder) }
        // Reading takes a descriptor of its own, and closes it.
        let reading = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard reading >= 0 else {
            if errno == ENOENT { return true }
            throw failure(operation, path, "open the folder")
        }
        for entry in try list(fdopendir(reading), path, operation) {
            guard goesOn() else { return false }
            guard try remove(entry, in: folder, path.appending(entry), operation, while: goesOn) else { return false }
        }
        guard unlinkat(parent, name, Int32(AT_REMOVEDIR)) == 0 || errno == ENOENT else {
            throw failure(operation, path, "remove the folder")
        }
        return true
    }

    /// `O_PATH`: to find what is in a folder one need not be allowed to read it.
    private static let findOnly: Int32 = 0o10_000_000

    /// Opens a folder, following no link on the way; -1 as the system call says it.
    private static func openFolder(_ path: FilePath) -> Int32 {
        var folder = Glibc.open(path.isAbsolute ? "/" : ".", findOnly | O_DIRECTORY | O_CLOEXEC)
        for component in path.string.split(separator: "/") where folder >= 0 {
            let next = openat(folder, String(component), findOnly | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            let failure = errno
            Glibc.close(folder)
            errno = failure
            folder = next
        }
        return folder
    }

    /// The error of the system call that just failed.
    static func failure(_ operation: StoreError.Operation, _ path: FilePath, _ action: String) -> StoreError {
        let number = errno
        let reason = String(cString: strerror(number))
        let code: StoreError.Code = number == ENOSPC || number == EDQUOT ? .noSpace : .ioError
        return StoreError(code, operation, path: path, "could not \(action): \(reason)")
    }
}
