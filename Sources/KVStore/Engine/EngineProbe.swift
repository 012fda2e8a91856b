internal import CRocksDB
internal import Glibc
internal import SystemPackage

/// Finds out which engine is linked: the C API does not tell, the head of an info log does.
enum EngineProbe {
    static let result = Result<EngineInfo, StoreError> { () throws(StoreError) in try probe() }

    private static func probe() throws(StoreError) -> EngineInfo {
        let folder = FilePath.temporaryFolder.appending("kvstore-\(UniqueID.make())")
        try StoreFiles.makeFolder(folder, .open, mode: 0o700)
        defer { try? StoreFiles.remove(folder, .open) }
        do throws(EngineFailure) {
            try makeDatabase(folder)
        } catch {
            throw StoreError(
                error.code, .open, path: folder, "the engine could not make a database to tell of itself: \(error)")
        }
        let log = String(
            decoding: try StoreFiles.read(folder.appending(EngineFiles.infoLog), atMost: Self.textLimit, .open),
            as: UTF8.self)
        let image = imagePath()
        return EngineInfo(
            version: value(of: "RocksDB version: ", in: log) ?? "unknown",
            isStatic: !image.contains("librocksdb"),
            assertionsEnabled: hasSyncPoints(image),
            hardwareCRC32C: value(of: "Fast CRC32 supported: ", in: log)?.hasPrefix("Supported") ?? false,
            compressions: compressions(log))
    }

    private static let textLimit = ByteCount.mebibytes(64)

    private static func makeDatabase(_ folder: FilePath) throws(EngineFailure) {
        let options: OpaquePointer = rocksdb_options_create()
        defer { rocksdb_options_destroy(options) }
        rocksdb_options_set_create_if_missing(options, 1)
        rocksdb_options_set_write_buffer_size(options, 1 << 20)
        rocksdb_close(try engineObject { rocksdb_open(options, folder.string, $0) })
    }

    private static func value(of label: String, in log: String) -> String? {
        guard let start = log.firstRange(of: label)?.upperBound else { return nil }
        return String(log[start...].prefix { $0 != "\n" })
    }

    /// Lines such as `kSnappyCompression supported: 1`.
    private static func compressions(_ log: String) -> [String] {
        log.split(separator: "\n").compactMap { line in
            guard line.hasSuffix(" supported: 1"), let start = line.lastIndex(of: "\t") else { return nil }
            let name = line[start...].dropFirst(2).prefix { $0 != " " }
            return String(name.hasSuffix("Compression") ? name.dropLast("Compression".count) : name)
        }.sorted()
    }

    /// The file that the engine's code was loaded from: the shared library, or the program itself.
    private static func imagePath() -> String {
        let maps = (try? StoreFiles.read("/proc/self/maps", atMost: Self.textLimit, .open)) ?? []
        let lines = String(decoding: maps, as: UTF8.self).split(separator: "\n")
        guard let line = lines.first(where: { $0.contains("/librocksdb") }), let start = line.firstIndex(of: "/") else {
            return "/proc/self/exe"
        }
        return String(line[start...])
    }

    /// Whether the engine was built for debugging: only then do the names of its test hooks stand in the file.
    private static func hasSyncPoints(_ image: String) -> Bool {
        // Backwards here, so that this program does not find its own text.
        let name = String("enoDllatSetirWnigeB:etirWyaleD::lpmIBD".reversed())
        let descriptor = Glibc.open(image, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { Glibc.close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_size > 0 else { return false }
        let size = Int(status.st_size)
        guard let bytes = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), bytes != MAP_FAILED else {
            return false
        }
        defer { munmap(bytes, size) }
        return contains(UnsafeRawBufferPointer(start: bytes, count: size), Array(name.utf8))
    }

    private static func contains(_ bytes: UnsafeRawBufferPointer, _ name: [UInt8]) -> Bool {
        guard var place = bytes.baseAddress else { return false }
        let end = place + bytes.count
        while end - place >= name.count, let found = memchr(place, Int32(name[0]), end - place) {
            place = UnsafeRawPointer(found)
            if end - place >= name.count, memcmp(place, name, name.count) == 0 { return true }
            place += 1
        }
        return false
    }
}
