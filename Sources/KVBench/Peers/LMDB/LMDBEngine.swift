import CPeers
import Glibc
import KVStore
import SystemPackage

/// LMDB: a tree in a file that is mapped into memory, copied page by page as it is written, without a log. A named database
/// per keyspace.
final class LMDBEngine: BenchEngine, @unchecked Sendable {  // immutable after init, over handles made to be shared
    static let entry = EngineEntry(
        name: "lmdb", summary: "LMDB, a memory-mapped tree without a log (liblmdb0)", features: [.ownProcess],
        takesSyncInterval: true,
        tunings: [.documented], longestKey: 511,
        losses: { durability, _ in
            switch durability {
            case .synced: Losses(kill: .nothing, powerCut: .nothing)
            // What the kernel writes first is the kernel's choice, and pages that nothing needs any more are used again.
            case .buffered: Losses(kill: .nothing, powerCut: .corruption)
            case .unlogged: nil
            }
        },
        check: { (_) throws(UsageError) in _ = try LMDBLibrary.get() }, open: { try LMDBEngine($0) })

    let build: EngineBuild
    let durability: Durability
    let effectiveSettings: [String: String]
    let library: LMDBLibrary
    let environment: OpaquePointer
    let databases: [UInt32]
    private let syncing: PeriodicTask?

    init(_ settings: EngineSettings) throws {
        let library = try LMDBLibrary.get()
        self.library = library
        build = EngineBuild(version: library.version, build: "shared library")
        durability = settings.durability ?? .buffered
        // Read transactions belong to sessions rather than to threads; memory need not be cleared before it is written.
        var flags = peers_lmdb_notls | peers_lmdb_nomeminit
        if durability == .buffered { flags |= peers_lmdb_nosync }
        let environment = try Self.open(library, settings, UInt32(flags))
        nonisolated(unsafe) let shared = environment
        self.environment = environment
        do {
            databases = try Self.openDatabases(library, environment, settings.keyspaces)
            var info = peers_lmdb_info()
            try library.check(library.calls.env_info(environment, &info), "tell about itself")
            effectiveSettings = [
                "MDB_NOSYNC": "\(durability == .buffered)", "map_size": "\(info.map_size)",
                "max_readers": "\(info.maximum_readers)",
            ]
            if durability == .buffered, let period = (settings.walSyncInterval ?? .usual).duration {
                syncing = try PeriodicTask(name: "syncer", every: period) {
                    try library.check(library.calls.env_sync(shared, 1), "sync")
                }
            } else {
                syncing = nil
            }
        } catch {
            library.calls.env_close(environment)
            throw error
        }
    }

    private static func open(
        _ library: LMDBLibrary, _ settings: EngineSettings, _ flags: UInt32
    ) throws -> OpaquePointer {
        var created: OpaquePointer?
        try library.check(library.calls.env_create(&created), "make an environment")
        guard let environment = created else { throw PeerFailure("LMDB", "make an environment", "it returned nothing") }
        do {
            // Addresses rather than memory: what the disk has room for is more than will be needed.
            try library.check(
                library.calls.env_set_mapsize(environment, freeBytes(settings.directory.string)), "set its size")
            try library.check(
                library.calls.env_set_maxdbs(environment, UInt32(settings.keyspaces)), "set its databases")
            try library.check(
                library.calls.env_set_maxreaders(environment, UInt32(settings.workers + 8)), "set its readers")
            try library.check(
                library.calls.env_open(environment, settings.directory.string, flags, 0o644), "open a database")
            return environment
        } catch {
            library.calls.env_close(environment)
            throw error
        }
    }

    private static func freeBytes(_ directory: String) -> Int {
        var status = statvfs()
        guard statvfs(directory, &status) == 0 else { return 1 << 36 }
        let free = Int(clamping: status.f_bavail).multipliedReportingOverflow(by: Int(clamping: status.f_frsize))
        return free.overflow ? 1 << 46 : min(max(free.partialValue, 1 << 30), 1 << 46) / 4096 * 4096
    }

    private static func openDatabases(
        _ library: LMDBLibrary, _ environment: OpaquePointer, _ count: Int
    ) throws -> [UInt32] {
        var begun: OpaquePointer?
        try library.check(library.calls.txn_begin(environment, nil, 0, &begun), "begin a transaction")
        guard let transaction = begun else { return [] }
        do {
            let databases = try (0..<count).map { number in
                var database: UInt32 = 0
                try library.check(
                    library.calls.dbi_open(transaction, "bench-\(number)", UInt32(peers_lmdb_create), &database),
                    "open a named database")
                return database
            }
            try library.check(library.calls.txn_commit(transaction), "commit")
            return databases
        } catch {
            library.calls.txn_abort(transaction)
            throw error
        }
    }

    func makeSession() -> LMDBSession { LMDBSession(self) }

    func gauges() -> EngineGauges { EngineGauges() }

    func statistics() throws -> [String: Double] {
        var info = peers_lmdb_info()
        try library.check(library.calls.env_info(environment, &info), "tell about itself")
        var total = peers_lmdb_stat()
        for database in databases {
            let stat = try makeSession().stat(database)
            total.depth = max(total.depth, stat.depth)
            total.branch_pages += stat.branch_pages
            total.leaf_pages += stat.leaf_pages
            total.overflow_pages += stat.overflow_pages
            total.entries += stat.entries
        }
        return [
            "last_page": Double(info.last_page), "last_transaction": Double(info.last_transaction),
            "depth": Double(total.depth), "branch_pages": Double(total.branch_pages),
            "leaf_pages": Double(total.leaf_pages), "overflow_pages": Double(total.overflow_pages),
            "entries": Double(total.entries),
        ]
    }

    func close() throws {
        defer { library.calls.env_close(environment) }
        try syncing?.stop()
        try library.check(library.calls.env_sync(environment, 1), "sync")
    }
}
