internal import Glibc
internal import SystemPackage

// What is read may have been put there by anybody: only regular files are opened, never through a link in their place,
// and never more is read than belongs there. What has to wait, such as a pipe, is not waited for.
extension StoreFiles {
    /// Opens a regular file.
    ///
    /// - Parameters:
    ///   - flags: how; with `O_CREAT` it is made when nothing is there.
    ///   - action: what errors say that could not be done.
    /// - Throws: `.corruption` when something else is there.
    static func openFile(
        _ path: FilePath, _ flags: Int32, _ operation: StoreError.Operation, action: String = "open the file"
    ) throws(StoreError) -> Int32 {
        let descriptor = Glibc.open(path.string, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            let failure = failure(operation, path, action)
            if let kind = kind(path), kind != .file { throw irregular(path, kind, operation) }
            throw failure
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            Glibc.close(descriptor)
            throw irregular(path, kind(path) ?? .other, operation)
        }
        return descriptor
    }

    /// Reads a whole file.
    ///
    /// - Parameter limit: how large it may be; a few lines by default.
    /// - Throws: `.corruption` for one that is larger, and for what is no regular file.
    static func read(
        _ path: FilePath, atMost limit: ByteCount = .kibibytes(16), _ operation: StoreError.Operation
    ) throws(StoreError) -> [UInt8] {
        let descriptor = try openFile(path, O_RDONLY, operation)
        defer { Glibc.close(descriptor) }
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(operation, path, "read the file") }
            if count == 0 { return content }
            content += buffer[..<count]
            guard content.count <= limit.bytes else { throw tooLarge(path, operation) }
        }
    }

    /// Reads the start of a file, at most so many bytes, a part at a time.
    static func readStart(
        of path: FilePath, _ count: UInt64, _ operation: StoreError.Operation, _ body: (UnsafeRawBufferPointer) -> Void
    ) throws(StoreError) {
        let descriptor = try openFile(path, O_RDONLY, operation)
        defer { Glibc.close(descriptor) }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 32 << 10, alignment: 1)
        defer { buffer.deallocate() }
        var left = count
        while left > 0 {
            let read = Glibc.read(descriptor, buffer.baseAddress, Int(min(left, UInt64(buffer.count))))
            if read < 0, errno == EINTR { continue }
            guard read >= 0 else { throw failure(operation, path, "read the file") }
            if read == 0 { return }
            left -= UInt64(read)
            body(UnsafeRawBufferPointer(rebasing: buffer[..<read]))
        }
    }

    static func tooLarge(_ path: FilePath, _ operation: StoreError.Operation) -> StoreError {
        StoreError(
            .corruption, operation, path: path,
            "the file is too large to be what belongs here, and is not read to its end; put it back from a backup")
    }

    static func irregular(
        _ path: FilePath, _ kind: Kind, _ operation: StoreError.Operation
    ) -> StoreError {
        StoreError(
            .corruption, operation, path: path,
            "this is \(kind.rawValue), where a regular file belongs; nothing else is read here. Put the file back")
    }
}

extension StoreFiles {
    enum Kind: String {
        case file = "a file"
        case folder = "a folder"
        case link = "a symbolic link"
        case other = "a pipe or a device"
    }

    /// What is at a path, a link being one itself; nil when nothing is, or it cannot be known.
    static func kind(_ path: FilePath) -> Kind? {
        var status = stat()
        guard lstat(path.string, &status) == 0 else { return nil }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return .file
        case S_IFDIR: return .folder
        case S_IFLNK: return .link
        default: return .other
        }
    }
}
