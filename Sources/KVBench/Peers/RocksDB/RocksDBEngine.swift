import CRocksDB
import Glibc
import KVStore
import SystemPackage

/// RocksDB by its C API, with the options that the library sets: what the library costs is the difference.
///
/// A column family per keyspace, the default one for the first.
final class RocksDBEngine: BenchEngine, @unchecked Sendable {  // immutable after init, over handles made to be shared
    static let entry = EngineEntry(
        name: "rocksdb", summary: "RocksDB's C API with this library's options, updates under the caller's lock",
        features: [.merges, .ownProcess], takesSyncInterval: true, takesSettings: true, open: { try RocksDBEngine($0) })

    let build: EngineBuild
    let durability: Durability
    let effectiveSettings: [String: String]
    let database: OpaquePointer
    let families: [OpaquePointer]
    let writeOptions: OpaquePointer
    let readOptions: OpaquePointer
    let locks: [ThreadLock]
    private let options: RocksDBOptions
    private let syncing: PeriodicTask?

    init(_ settings: EngineSettings) throws {
        let tuning = try settings.fields
        durability = settings.durability ?? tuning.durability
        let interval = settings.walSyncInterval ?? .usual
        effectiveSettings = try tuning.fields().merging(
            ["durability": durability.rawValue, "walSyncInterval": interval.duration.map { "\($0)" } ?? "none"]
        ) { _, effective in effective }
        let engine = try EngineInfo.current()
        build = EngineBuild(version: engine.version, build: engine.build)
        options = RocksDBOptions(tuning, addsNumbers: settings.features.contains(.merges))
        locks = (0..<settings.keyspaces).map { _ in ThreadLock() }
        (database, families) = try Self.open(settings, options)
        writeOptions = rocksdb_writeoptions_create()
        rocksdb_writeoptions_set_sync(writeOptions, durability == .synced ? 1 : 0)
        rocksdb_writeoptions_disable_WAL(writeOptions, durability == .unlogged ? 1 : 0)
        readOptions = rocksdb_readoptions_create()
        rocksdb_readoptions_set_ignore_range_deletions(readOptions, 1)
        syncing = try Self.startSyncing(database, durability, interval)
    }

    deinit {
        rocksdb_writeoptions_destroy(writeOptions)
        rocksdb_readoptions_destroy(readOptions)
    }

    private static func open(_ settings: EngineSettings, _ options: RocksDBOptions) throws -> (
        OpaquePointer, [OpaquePointer]
    ) {
        let names = (0..<settings.keyspaces).map { strdup($0 == 0 ? "default" : "bench-\($0)") }
        defer { for name in names { free(name) } }
        let pointers = names.map { UnsafePointer($0) }
        let familyOptions = [OpaquePointer?](repeating: options.handle, count: names.count)
        var families = [OpaquePointer?](repeating: nil, count: names.count)
        let database = try rocksDBCall("open a database") {
            rocksdb_open_column_families(
                options.handle, settings.directory.string, Int32(names.count), pointers, familyOptions, &families, $0)
        }
        guard let database else { throw PeerFailure("RocksDB", "open a database", "it returned nothing") }
        return (database, families.compactMap { $0 })
    }

    /// Syncs the log as the library does: by an empty write that asks for it.
    private static func startSyncing(
        _ database: OpaquePointer, _ durability: Durability, _ interval: WALSyncInterval
    ) throws -> PeriodicTask? {
        guard durability == .buffered, let period = interval.duration else { return nil }
        nonisolated(unsafe) let database = database
        return try PeriodicTask(name: "syncer", every: period) { try sync(database) }
    }

    private static func sync(_ database: OpaquePointer) throws {
        let (options, batch) = (rocksdb_writeoptions_create(), rocksdb_writebatch_create())
        defer {
            rocksdb_writeoptions_destroy(options)
            rocksdb_writebatch_destroy(batch)
        }
        rocksdb_writeoptions_set_sync(options, 1)
        rocksdb_writebatch_put_log_data(batch, "", 0)
        try rocksDBCall("sync its log") { rocksdb_write(database, options, batch, $0) }
    }

    func makeSession() -> RocksDBSession { RocksDBSession(self) }

    func gauges() throws -> EngineGauges {
        let properties = families.map { family in { (name: String) in self.text(name, of: family) } }
        return try EngineGauges(families: properties, databases: Array(properties.prefix(1)))
    }

    func statistics() -> [String: Double] {
        var found: [String: Double] = [:]
        for name in RocksDBProperties.statistics { found[name] = sum(name) }
        for name in RocksDBProperties.shared { found[name] = families.first.flatMap { value(name, of: $0) } }
        return found
    }

    func close() throws {
        defer {
            for family in families { rocksdb_column_family_handle_destroy(family) }
            rocksdb_close(database)
        }
        try syncing?.stop()
        if durability != .unlogged { try Self.sync(database) }
    }

    private func sum(_ property: String) -> Double {
        families.reduce(0) { $0 + (value(property, of: $1) ?? 0) }
    }

    private func value(_ property: String, of family: OpaquePointer) -> Double? {
        text(property, of: family).flatMap { Double($0) }
    }

    private func text(_ property: String, of family: OpaquePointer) -> String? {
        guard let text = rocksdb_property_value_cf(database, family, property) else { return nil }
        defer { rocksdb_free(text) }
        return String(cString: text)
    }
}
