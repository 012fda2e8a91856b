internal import Glibc
internal import SystemPackage

/// What the metadata database is known to have on disk, in a file beside it: what it says of namespaces it cannot say
/// of itself, since who lost commits has lost the note too.
///
/// Two places of one sector, written in turn, so that one of them is whole at any time; that with the higher number
/// counts. Each synced commit is noted once it is on disk, without a sync of its own: what a power cut takes of the
/// file makes it promise less, never more.
final class MetadataWatermark: @unchecked Sendable {  // guarded by its lock
    static let file = "METADATA"
    private static let placeSize = 512

    private let database: FilePath
    private let path: FilePath
    private let descriptor: Int32
    private let lock = Lock(.innermost)
    private var number: UInt64
    private var promise: RecoveryWatermark

    /// What was noted of the database in a folder; nothing when there is no file.
    ///
    /// - Throws: what is wrong with the file.
    static func read(_ path: FilePath) throws(StoreError) -> (number: UInt64, promise: RecoveryWatermark) {
        // A writer beside a reader may be at one of the places.
        for attempt in 0..<3 {
            guard StoreFiles.exists(path) else { return (0, RecoveryWatermark()) }
            if attempt > 0 { usleep(1000) }
            let bytes = try StoreFiles.read(path, .open)
            let places = [bytes.prefix(placeSize), bytes.dropFirst(placeSize)].compactMap(parse)
            if let newest = places.max(by: { $0.number < $1.number }) { return newest }
        }
        throw StoreError(
            .corruption, .open, path: path,
            "the file is damaged, which says what the metadata database has on disk. Restore the store from a backup, or set "
                + "acceptsDataLoss to go on with what is there")
    }

    /// Begins to note what a database that was just opened has on disk.
    ///
    /// - Parameter number: of the note before; of the file's when nil.
    init(_ store: FilePath, of database: FilePath, after number: UInt64, sequence: UInt64) throws(StoreError) {
        path = store.appending(Self.file)
        self.database = database
        self.number = number
        promise = RecoveryWatermark(sequence: sequence, manifest: try ManifestExtent(syncing: database))
        if StoreFiles.size(path) != UInt64(2 * Self.placeSize) {
            let made = store.appending(Self.file + ".new")
            try StoreFiles.remove(made, .open)
            try StoreFiles.write(String(repeating: "\n", count: 2 * Self.placeSize), to: made, .open)
            try StoreFiles.rename(made, to: path, .open)
            try StoreFiles.syncFolder(store, .open)
        }
        descriptor = try StoreFiles.openFile(path, O_WRONLY, .open)
        // Both, so that none tells of a time before a loss that was accepted.
        for _ in 0..<2 { try write() }
        guard fsync(descriptor) == 0 else { throw StoreFiles.failure(.open, path, "sync the file") }
    }

    deinit { close(descriptor) }

    /// What the database has on disk.
    var current: RecoveryWatermark { lock.withLock { promise } }

    /// Notes that commits up to a number are on disk. Best effort: what is not noted is not missed.
    func note(_ sequence: UInt64) {
        lock.withLock {
            guard sequence > promise.sequence else { return }
            promise.sequence = sequence
            if promise.manifest?.isOutgrown(database) != false {
                promise.manifest = (try? ManifestExtent(syncing: database)) ?? promise.manifest
            }
            try? write()
        }
    }

    private func write() throws(StoreError) {
        number += 1
        let text = "\(number) \(promise.text)"
        let line = "\(text) \(FNV.hash(text.utf8))"
        let place = Array(line.utf8) + Array(repeating: UInt8(ascii: "\n"), count: Self.placeSize - line.utf8.count)
        let offset = off_t(number % 2) * off_t(Self.placeSize)
        let written = place.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, offset) }
        guard written == Self.placeSize else { throw StoreFiles.failure(.open, path, "write the file") }
    }

    private static func parse(_ place: ArraySlice<UInt8>) -> (number: UInt64, promise: RecoveryWatermark)? {
        let line = String(decoding: place.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        guard let end = line.lastIndex(of: " "), let begin = line.firstIndex(of: " "), begin < end,
            FNV.hash(line[..<end].utf8) == UInt64(line[line.index(after: end)...]), let number = UInt64(line[..<begin])
        else { return nil }
        return RecoveryWatermark(String(line[line.index(after: begin)..<end])).map { (number, $0) }
    }
}
