internal import CMappedFile
internal import Glibc
internal import SystemPackage

/// The file that a ``CommitBuffer`` has its commits in until the engine's log has them: mapped and shared, so that what is
/// written there outlives the process without a call of the kernel.
///
/// A page that says whose it is, and then the segments, each a row of records from its start. A record says which numbers
/// its writes have, and what is read back is what follows on the log without a gap: so nothing need be noted when the log has
/// a segment, and after a power cut, which may leave any pages of any moment, a prefix is there.
///
/// Nothing reads here while the database is open: a page may go away with its disk, which ``write(_:to:at:)`` tells.
final class CommitBufferFile: @unchecked Sendable {  // memory that the buffer's lock guards
    static let name = "COMMITS"

    /// What a file begins with. Laid out as in C, in the processor's byte order: it is read on the machine that wrote it,
    /// or not at all.
    private struct Header {
        var mark = CommitBufferFile.mark
        /// Goes into every checksum, so that records of before are none.
        let salt: UInt64
        let segmentSize: UInt64
        let segments: UInt64
        var database: UInt64
        /// Of all before it.
        var checksum: UInt64 = 0

        /// The same with its checksum.
        var sealed: Header {
            var header = self
            header.checksum = withUnsafeBytes(of: self) {
                KeyHash(seed: mark)(UnsafeRawBufferPointer(rebasing: $0.dropLast(MemoryLayout<UInt64>.size)))
            }
            return header
        }

        var isWhole: Bool { mark == CommitBufferFile.mark && sealed.checksum == checksum }
    }

    /// What stands before the writes of a commit.
    struct RecordHeader {
        /// Of all that follows, the writes included.
        let checksum: UInt64
        /// The number of the first write.
        let first: UInt64
        let byteCount: UInt32
        let count: UInt32

        static let size = MemoryLayout<RecordHeader>.size
    }

    private static let mark: UInt64 = 0x32_6675_6273_766B
    private static let headerSize = 4096
    /// In place of the number of a database.
    private static let anyDatabase: UInt64 = 0
    /// The engine's numbers have 56 bits.
    private static let numberLimit: UInt64 = 1 << 56

    let segmentSize: Int
    private let mapping: OpaquePointer
    private let start: UnsafeMutableRawPointer
    private let size: Int
    private let checksum: KeyHash

    /// Makes the file in the folder of a database, or takes the one that is there for what is to come.
    ///
    /// Records of before must not be taken for what is to come, after whatever crash: they are invalid on disk when this
    /// returns.
    init(in folder: FilePath, segments: Int, segmentSize: Int) throws(EngineFailure) {
        self.segmentSize = segmentSize
        size = Self.headerSize + segments * segmentSize
        let salt = UInt64.random(in: .min ... .max)
        let database = try Self.identity(of: folder)
        checksum = KeyHash(seed: salt)
        let path = folder.appending(Self.name)
        let descriptor = try Self.refusing { () throws(StoreError) in
            try StoreFiles.openFile(path, O_RDWR | O_CREAT, .open)
        }
        defer { Glibc.close(descriptor) }
        Self.haveWrittenInPlace(descriptor)
        // Of one size from the beginning, whatever the next call does in parts.
        let status = ftruncate(descriptor, off_t(size)) == 0 ? posix_fallocate(descriptor, 0, size) : errno
        guard status == 0 else {
            unlink(path.string)
            errno = status
            throw Self.failure("allocate", path)
        }
        guard let mapping = kvstore_map_file(descriptor, size) else { throw Self.failure("map", path) }
        self.mapping = mapping
        start = kvstore_mapped_bytes(mapping)
        start.storeBytes(
            of: Header(
                salt: salt, segmentSize: UInt64(segmentSize), segments: UInt64(segments), database: database
            ).sealed,
            as: Header.self)
        guard fdatasync(descriptor) == 0 else { throw Self.failure("sync", path) }
        if isLost {
            errno = EIO
            throw Self.failure("write to", path)
        }
    }

    deinit { kvstore_unmap_file(mapping) }

    private var isLost: Bool { kvstore_mapped_file_is_lost(mapping) }

    /// Asks a file system that copies what is written anew, such as btrfs, not to do so with this file, which is empty: it
    /// would need room for each copy. Others know no such thing.
    private static func haveWrittenInPlace(_ descriptor: Int32) {
        // As <linux/fs.h> has them: FS_IOC_GETFLAGS, FS_IOC_SETFLAGS, FS_NOCOW_FL.
        let (get, set, noCopies): (UInt, UInt, Int) = (0x8008_6601, 0x4008_6602, 0x0080_0000)
        var flags = 0
        guard ioctl(descriptor, get, &flags) == 0 else { return }
        flags |= noCopies
        _ = ioctl(descriptor, set, &flags)
    }

    /// Puts what stands before the writes of a commit in front of them.
    ///
    /// - Parameter record: has the writes behind the room for a ``RecordHeader``.
    @inline(__always)
    func seal(_ record: UnsafeMutableRawPointer, _ byteCount: Int, first: UInt64, count: Int) {
        record.storeBytes(
            of: RecordHeader(checksum: 0, first: first, byteCount: UInt32(byteCount), count: UInt32(count)),
            as: RecordHeader.self)
        record.storeBytes(of: Self.checksum(of: record, byteCount, checksum), as: UInt64.self)
    }

    /// Writes a record.
    ///
    /// - Returns: whether it outlives the process. If not, none will any more.
    @inline(__always)
    func write(_ record: UnsafeRawBufferPointer, to segment: Int, at offset: Int) -> Bool {
        (start + Self.headerSize + segment * segmentSize + offset)
            .copyMemory(from: record.baseAddress.unsafelyUnwrapped, byteCount: record.count)
        return !isLost
    }

    private static func checksum(of record: UnsafeRawPointer, _ byteCount: Int, _ hash: KeyHash) -> UInt64 {
        hash(UnsafeRawBufferPointer(start: record + 8, count: RecordHeader.size - 8 + byteCount))
    }

    /// Puts all records on disk.
    func sync() throws(EngineFailure) {
        guard msync(start, size, MS_SYNC) == 0, !isLost else {
            throw .refused(
                .ioError, "could not sync \(Self.name): \(isLost ? "it is gone" : String(cString: strerror(errno)))")
        }
    }

    /// Makes the file nothing, since the engine has all of it: whatever harm comes to it then does none. A power cut may
    /// undo this, with the same records, which the engine has.
    func clear() { start.initializeMemory(as: UInt8.self, repeating: 0, count: MemoryLayout<Header>.size) }

    // MARK: Reading

    /// A commit that was found in a file.
    struct Record {
        let first: UInt64
        let count: Int
        /// In the engine's form, without the header of a batch.
        let writes: [UInt8]

        var last: UInt64 { first + UInt64(count) - 1 }
    }

    /// The commits of the file in the folder of a database that come after a number, by their numbers; nil when there is no
    /// file.
    ///
    /// - Throws: as corruption when it cannot be known that there are none. One that is damaged among them is where the
    ///   commits end, as it is in the log.
    static func records(in folder: FilePath, after latest: UInt64) throws(EngineFailure) -> [Record]? {
        guard let bytes = try contents(of: folder.appending(name)) else { return nil }
        guard let header = try header(of: bytes) else { return [] }
        let hash = KeyHash(seed: header.salt)
        let records = bytes.withUnsafeBytes { bytes in
            (0..<Int(header.segments)).flatMap { number in
                let segment = bytes[(headerSize + number * Int(header.segmentSize))...].prefix(Int(header.segmentSize))
                return self.records(in: UnsafeRawBufferPointer(rebasing: segment), hash)
            }
        }
        .filter { $0.first > latest }
        if !records.isEmpty, header.database != anyDatabase, try header.database != identity(of: folder) {
            throw damage("it is of a database with another IDENTITY")
        }
        return records.sorted { $0.first < $1.first }
    }

    /// Of a file that has these bytes; nil for one that is not finished, or over.
    private static func header(of bytes: [UInt8]) throws(EngineFailure) -> Header? {
        guard bytes.prefix(headerSize).contains(where: { $0 != 0 }) else { return nil }
        guard bytes.count >= headerSize else { throw damage("it is too short") }
        let header = bytes.withUnsafeBytes { $0.loadUnaligned(as: Header.self) }
        guard header.isWhole else { throw damage("its beginning is damaged") }
        guard bytes.count == headerSize + Int(header.segments * header.segmentSize) else {
            throw damage("it has not the size that it says")
        }
        return header
    }

    /// Has the file in a folder be that of the database there, which was put together of what could be read.
    ///
    /// - Throws: when it cannot be told what is in it.
    static func adopt(in folder: FilePath) throws(EngineFailure) {
        let path = folder.appending(name)
        guard let bytes = try contents(of: path), var header = try header(of: bytes) else { return }
        header.database = anyDatabase
        let descriptor = try refusing { () throws(StoreError) in try StoreFiles.openFile(path, O_WRONLY, .repair) }
        defer { Glibc.close(descriptor) }
        let written = withUnsafeBytes(of: header.sealed) { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
        guard written == MemoryLayout<Header>.size, fdatasync(descriptor) == 0 else { throw failure("write to", path) }
    }

    private static func damage(_ what: String) -> EngineFailure {
        .refused(
            .corruption,
            "\(name): \(what). It may hold the last commits of a process that was killed; moved away, the database opens without them"
        )
    }

    private static func records(in segment: UnsafeRawBufferPointer, _ hash: KeyHash) -> [Record] {
        var records: [Record] = []
        var offset = 0
        while offset + RecordHeader.size <= segment.count {
            let header = segment.loadUnaligned(fromByteOffset: offset, as: RecordHeader.self)
            let (start, byteCount) = (offset + RecordHeader.size, Int(header.byteCount))
            // What is behind the last record is of an earlier time, with lower numbers.
            guard byteCount > 0, byteCount <= segment.count - start, header.count > 0, header.first < numberLimit,
                records.last.map({ $0.last + 1 == header.first }) ?? true,
                let base = segment.baseAddress, header.checksum == checksum(of: base + offset, byteCount, hash)
            else { break }
            records.append(
                Record(
                    first: header.first, count: Int(header.count),
                    writes: Array(segment[start..<(start + byteCount)])))
            offset = CommitBufferSegment.next(after: start + byteCount)
        }
        return records
    }

    /// Makes what is in the file be nothing, on disk too, and removes it.
    static func remove(in folder: FilePath) throws(EngineFailure) {
        let path = folder.appending(name)
        guard StoreFiles.exists(path) else { return }
        let descriptor = try refusing { () throws(StoreError) in try StoreFiles.openFile(path, O_WRONLY, .open) }
        defer { Glibc.close(descriptor) }
        // Its name may come back after a power cut.
        guard ftruncate(descriptor, 0) == 0, fdatasync(descriptor) == 0 else { throw failure("truncate", path) }
        unlink(path.string)
    }

    private static func contents(of path: FilePath) throws(EngineFailure) -> [UInt8]? {
        guard StoreFiles.exists(path) else { return nil }
        return try refusing { () throws(StoreError) in
            try StoreFiles.read(path, atMost: .gibibytes(1) + ByteCount(headerSize), .open)
        }
    }

    private static func refusing<Result>(
        _ body: () throws(StoreError) -> Result
    ) throws(EngineFailure) -> Result {
        do throws(StoreError) {
            return try body()
        } catch {
            throw .refused(error.code, "\(name): \(error.message)")
        }
    }

    /// A number that stands for the name that the engine gives to each database.
    private static func identity(of folder: FilePath) throws(EngineFailure) -> UInt64 {
        let bytes = try contents(of: folder.appending("IDENTITY")) ?? []
        return bytes.withUnsafeBytes { KeyHash(seed: mark)($0) }
    }

    private static func failure(_ action: String, _ path: FilePath) -> EngineFailure {
        let code = errno
        return .refused(
            code == ENOSPC || code == EDQUOT ? .noSpace : .ioError,
            "could not \(action) \(path.lastComponent?.string ?? name): \(String(cString: strerror(code)))")
    }
}
