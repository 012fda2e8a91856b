import Foundation
import KVStoreTables
import SystemPackage

@testable import KVStore
@testable import KVStoreInterface

/// One of the things that read bytes from disk. It may refuse any bytes, and may not end the process; what it takes has
/// to hold what the checks below say, which end the process when it does not.
struct FuzzTarget: Sendable {
    let name: String
    let run: @Sendable ([UInt8]) -> Void

    static let all = [storeFile, catalog, tuning, backupList, logRecord, values, texts, keys]

    private static let path: FilePath = "/file"

    /// The file STORE, as it is and with a checksum that fits.
    static let storeFile = FuzzTarget(name: "store-file") { bytes in
        let lines = String(decoding: bytes, as: UTF8.self)
        for bytes in [bytes, Array((lines + "checksum \(StoreIdentity.checksum(lines))\n").utf8)] {
            guard let identity = try? StoreIdentity(bytes, path: path) else { continue }
            precondition(Array(identity.text.utf8) == bytes, "it is written as it was read")
        }
    }

    /// An entry of the catalog.
    static let catalog = FuzzTarget(name: "catalog") { bytes in
        let json = try? JSON(parsing: bytes)
        if let json {
            precondition((try? JSON(parsing: Array(json.text.utf8))) == json, "it is read as it was written")
        }
        // The key that the entry says, so that entries are not all those of others.
        let named = try? json?.decode(CatalogRecord.self)
        let keys = [named?.name ?? "orders", String(named?.id ?? 1)]
        for (kind, key) in zip([NamespaceCatalog.namespaces, NamespaceCatalog.dropped], keys) {
            let entry = CatalogRecord.Entry(kind, key: (kind + key).utf8, value: bytes)
            guard let record = try? CatalogRecord(entry, path: path) else { continue }
            precondition(record.id > 0 && !record.name.isEmpty)
            _ = "\(record.info)"
            if let tuning = record.tuning { use(tuning) }
            if let milliseconds = record.timeToLive {
                _ = TimeToLive(milliseconds: milliseconds, clock: ExpiryClock(custom: nil)).trailer
            }
            guard let written = try? record.bytes else { preconditionFailure("it can be written again") }
            let again = CatalogRecord.Entry(kind, key: (kind + key).utf8, value: written)
            precondition((try? CatalogRecord(again, path: path)) == record, "it is read as it was written")
        }
    }

    /// A tuning, as the catalog keeps it.
    static let tuning = FuzzTarget(name: "tuning") { bytes in
        guard let tuning = try? JSON(parsing: bytes).decode(Tuning.self) else { return }
        do throws(StoreError) {
            try tuning.validate()
        } catch {
            precondition(error.code == .invalidArgument)
            return
        }
        use(tuning)
        let written = try? JSONEncoder().encode(tuning)
        precondition(written.flatMap { try? JSONDecoder().decode(Tuning.self, from: $0) } == tuning)
    }

    /// What a tuning that holds together is used for.
    private static func use(_ tuning: Tuning) {
        _ = tuning.describe()
        _ = tuning.memtableBudget
        let cache = BlockCache(capacity: ByteCount(0))
        for mode in [DatabaseMode.existing, .readOnly] {
            DatabaseOptions(tuning, cache: cache, mode: mode).setSharing(memtables: tuning.memtableBudget)
        }
    }

    /// The list of a backup, as it is and with a checksum that fits.
    static let backupList = FuzzTarget(name: "backup-list") { bytes in
        let checksum = Array("checksum \(BackupManifest.checksum(bytes))\n".utf8)
        for bytes in [bytes, bytes + checksum] {
            for number in [1, Int.max] {
                guard let list = try? BackupManifest(bytes, numbered: number, path: path, .backups) else { continue }
                precondition(Array(list.text.utf8) == bytes, "it is written as it was read")
                precondition(list.backup.size.bytes >= 0 && list.backup.addedSize <= list.backup.size)
                _ = "\(list.backup)"
                for file in list.files {
                    let place = FilePath("/store").appending(file.path)
                    precondition(place.lexicallyNormalized() == place && place.components.count <= 4)
                    precondition(place.starts(with: "/store") && place.string == "/store/" + file.path)
                }
            }
        }
    }

    /// A record of the write-ahead log, behind 10 bytes that say how it is read.
    static let logRecord = FuzzTarget(name: "log-record") { bytes in
        guard bytes.count >= 10 else { return }
        let first = bytes.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
        let (family, trailer) = (UInt32(bytes[8]), [0, 1, 8][Int(bytes[9]) % 3])
        bytes.withUnsafeBytes { bytes in
            let record = UnsafeRawBufferPointer(rebasing: bytes[10...])
            for after in [0, first] {
                guard let read = try? LogRecord(first, record, family: family, after: after, trailerSize: trailer)
                else {
                    continue
                }
                precondition(read.writes.count <= read.count && read.count <= record.count)
                for (sequence, _) in read.writes { precondition(sequence > after && sequence <= read.last) }
            }
            var offset = WriteBatch.headerSize
            while let write = WriteBatch.record(at: offset, in: record) {
                precondition(write.end > offset && write.end <= record.count)
                _ = (record[write.key], record[write.value])
                offset = write.end
            }
        }
    }

    /// A stored value of each kind of namespace.
    static let values = FuzzTarget(name: "values") { bytes in
        let timeToLive = TimeToLive(milliseconds: 1000, clock: ExpiryClock(custom: nil))
        let formats: [ValueFormat] = [.plain, .expiring(timeToLive), .mergeable(.setUnion)]
        bytes.withUnsafeBytes { bytes in
            for format in formats where (try? format.shows(bytes)) == true {
                precondition(bytes.count >= format.trailerSize)
            }
        }
        if let strings = ByteStrings.decode(bytes.span.bytes) {
            precondition(ByteStrings.decode(ByteStrings.encode(strings).span.bytes) == strings)
        }
        _ = MergeOperator.number(in: bytes)
        if let elements = MergeOperator.elements(ofSet: bytes) {
            precondition(MergeOperator.elements(ofSet: MergeOperator.set(of: elements)) != nil)
        }
    }

    /// The small texts: promises and uses in the catalog.
    static let texts = FuzzTarget(name: "texts") { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        if let promise = RecoveryWatermark(text) { precondition(RecoveryWatermark(promise.text) == promise) }
        if let usage = NamespaceUsage(text) {
            _ = "\(Timestamp(seconds: Int64(clamping: usage.lastUse)))"
            precondition(NamespaceUsage(usage.text) == usage)
        }
        _ = try? NamespaceName.check(text, .namespace)
    }

    /// An encoded key: of parts that are not known, and of parts that are.
    static let keys = FuzzTarget(name: "keys") { bytes in
        func check<Key: KeyCodable>(_: Key.Type) {
            guard let key = try? Key(encodedKey: bytes) else { return }
            precondition(key.encodedKey == bytes, "it is written as it was read")
        }
        check(AnyKey.self)
        check(
            KeyTuple<
                String?, Int32, Descending<[UInt8]>,
                Nested<KeyTuple<UUIDBytes?, Descending<Nested<KeyTuple<Bool, Float>>>>>, UInt128
            >.self)
        if let key = try? AnyKey(encodedKey: bytes) { _ = "\(key)" }
    }
}
