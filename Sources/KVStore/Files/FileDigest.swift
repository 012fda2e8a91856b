internal import Glibc
internal import SystemPackage

/// What a file holds, as far as one needs it to tell files apart: its size and the SHA-256 of its bytes.
struct FileDigest: Hashable {
    let size: UInt64
    let sha256: String

    private static let bufferSize = 1 << 20

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - limit: how many bytes it may have.
    ///   - copy: where to write the bytes on the way, a path where there is nothing; on disk when this returns.
    init(
        reading path: FilePath, atMost limit: UInt64 = .max, copyingTo copy: FilePath? = nil,
        _ operation: StoreError.Operation
    ) throws(StoreError) {
        let source = try StoreFiles.openFile(path, O_RDONLY, operation)
        defer { Glibc.close(source) }
        var target: Int32 = -1
        if let copy {
            target = Glibc.open(copy.string, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
            guard target >= 0 else { throw StoreFiles.failure(operation, copy, "create the file") }
        }
        defer { if target >= 0 { Glibc.close(target) } }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.bufferSize, alignment: 16)
        defer { buffer.deallocate() }
        var hash = SHA256()
        var size: UInt64 = 0
        while true {
            let count = Glibc.read(source, buffer.baseAddress, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw StoreFiles.failure(operation, path, "read the file") }
            if count == 0 { break }
            let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            size += UInt64(count)
            guard size <= limit else { throw StoreFiles.tooLarge(path, operation) }
            hash.update(bytes)
            if let copy { try Self.write(bytes, target, copy, operation) }
        }
        if let copy, fsync(target) != 0 { throw StoreFiles.failure(operation, copy, "sync the file") }
        self.size = size
        sha256 = hash.finish()
    }

    init(size: UInt64, sha256: String) {
        self.size = size
        self.sha256 = sha256
    }

    private static func write(
        _ bytes: UnsafeRawBufferPointer, _ descriptor: Int32, _ path: FilePath, _ operation: StoreError.Operation
    ) throws(StoreError) {
        var bytes = bytes[...]
        while !bytes.isEmpty {
            let rest = UnsafeRawBufferPointer(rebasing: bytes)
            let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw StoreFiles.failure(operation, path, "write the file") }
            bytes = bytes.dropFirst(count)
        }
    }
}

/// What tells that a file which is never changed is the one that was read before, without reading it: as `git` and
/// `rsync` do it.
struct FileStamp: Hashable {
    let size: UInt64
    let inode: UInt64
    /// Nanoseconds since 1970.
    let modified: Int64

    init?(_ path: FilePath) {
        var status = stat()
        guard stat(path.string, &status) == 0 else { return nil }
        self.init(
            size: UInt64(status.st_size), inode: UInt64(status.st_ino),
            modified: Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec))
    }

    init(size: UInt64, inode: UInt64, modified: Int64) {
        self.size = size
        self.inode = inode
        self.modified = modified
    }
}
