internal import SystemPackage

/// The logs of a database that memtables no longer need, kept for readers of changes. Each is looked at once for damage
/// that the engine would not get past: opening the database reads none of them.
final class ArchivedLogs: @unchecked Sendable {  // guarded by its lock
    private let database: FilePath
    private var folder: FilePath { database.appending(EngineFiles.archive) }
    private let lock = Lock(.innermost)
    /// The number of the first commit in each that is sound; nil where that cannot be read.
    private var sound: [String: UInt64?] = [:]

    init(of database: FilePath) { self.database = database }

    /// Throws when the engine would not get past damage to one that may have commits from a number on.
    func check(from sequence: UInt64) throws(StoreError) {
        guard EngineFeatures.standsStillAtLogDamage, StoreFiles.isDirectory(folder) else { return }
        // The newest first, to the one that the number is in.
        for name in try names(in: database) {
            if let first = try? LogFile.firstSequence(database.appending(name), .changes), first <= sequence { return }
        }
        let names = try names(in: folder)
        // Those that are gone by now are forgotten now and then.
        lock.withLock { if sound.count > names.count + 64 { sound = [:] } }
        for name in names {
            if let first = try first(inArchived: name), first <= sequence { return }
        }
    }

    private func names(in folder: FilePath) throws(StoreError) -> [String] {
        try StoreFiles.list(folder, .changes).filter { EngineFiles.isLog($0) }
            .sorted { ($0.utf8.count, $0) > ($1.utf8.count, $1) }
    }

    private func first(inArchived name: String) throws(StoreError) -> UInt64? {
        if let known = lock.withLock({ sound[name] }) { return known }
        let log = folder.appending(name)
        if let place = LogStandstill.find(in: log) { throw LogStandstill.damage(log, place) }
        let first = try? LogFile.firstSequence(log, .changes)
        lock.withLock { sound[name] = .some(first) }
        return first
    }
}
