internal import SystemPackage

/// The logs of a database that memtables no longer need, kept for readers of changes. Each is looked at once for damage
/// that the engine would not get past: opening the database reads none of them.
final class ArchivedLogs: @unchecked Sendable {  // guarded by its lock
    private let database: FilePath
    private var folder: FilePath { database.appending(EngineFiles.archive) }
    private let lock = Lock(.innermost)
    /// The number of the first commit in each that is sound; nil where that cannot be read.
    private var sound: [String: UInt64?] = [:]
    /// How many list them just now.
    private var holders = 0
    private var readers: [Reader] = []

    private struct Reader { weak var reader: (any LogReader)? }

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

    // MARK: Removing

    /// Keeps all of them until ``letGo()``.
    func hold() { lock.withLock { holders += 1 } }

    func letGo() { lock.withLock { holders -= 1 } }

    /// Has a reader let go of logs that are removed.
    func add(_ reader: some LogReader) {
        lock.withLock {
            readers.removeAll { $0.reader == nil || $0.reader === reader }
            readers.append(Reader(reader: reader))
        }
    }

    /// Removes the oldest: what is too old, and then what is too much; the newest is kept until it is too old. Removes none
    /// while somebody lists them: the next time is soon.
    ///
    /// - Parameters:
    ///   - retention: what to keep; nil for nothing.
    ///   - now: milliseconds since 1970.
    func trim(_ retention: LogRetention?, now: UInt64) throws(StoreError) {
        guard StoreFiles.isDirectory(folder) else { return }
        var logs: [(path: FilePath, size: UInt64)] = []
        var surplus: [FilePath] = []
        for name in try names(in: folder).reversed() {
            let path = folder.appending(name)
            // Gone by now.
            guard let (size, modified) = StoreFiles.sizeAndDate(path) else { continue }
            let isTooOld = retention?.milliseconds.map { modified.addingSaturating($0) < now } ?? false
            if retention == nil || isTooOld { surplus.append(path) } else { logs.append((path, size)) }
        }
        var total = logs.reduce(UInt64(0)) { $0 + $1.size }
        while let limit = retention?.bytes, total > limit, logs.count > 1 {
            let oldest = logs.removeFirst()
            total -= oldest.size
            surplus.append(oldest.path)
        }
        guard try remove(surplus) else { return }
        let first = try oldestSequence()
        // What a reader has open takes its space until it is closed.
        for reader in lock.withLock({ readers.compactMap(\.reader) }) { reader.letLogsGo(before: first) }
    }

    /// - Returns: whether some are gone.
    private func remove(_ logs: [FilePath]) throws(StoreError) -> Bool {
        guard !logs.isEmpty else { return false }
        return try lock.withLock { () throws(StoreError) in
            guard holders == 0 else { return false }
            for log in logs { try StoreFiles.remove(log, .changes) }
            return true
        }
    }

    /// The number of the first commit that a log has; the largest there is when none has any.
    private func oldestSequence() throws(StoreError) -> UInt64 {
        for place in [folder, database] {
            for name in try names(in: place).reversed() {
                if let first = try? LogFile.firstSequence(place.appending(name), .changes) { return first }
            }
        }
        return .max
    }

    /// Links or copies all of them to the folder of a copy of the database, which was made just before.
    func copy(to target: FilePath, _ operation: StoreError.Operation) throws(StoreError) {
        guard StoreFiles.isDirectory(folder) else { return }
        hold()
        defer { letGo() }
        let names = try names(in: folder)
        guard !names.isEmpty else { return }
        let archive = target.appending(EngineFiles.archive)
        try StoreFiles.makeFolder(archive, operation)
        for name in names { try StoreFiles.linkOrCopy(folder.appending(name), to: archive.appending(name), operation) }
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

/// What reads the logs of a database, and may have one open.
protocol LogReader: AnyObject, Sendable {
    /// Closes what it has open of logs whose commits come before a number, unless it is reading just now.
    func letLogsGo(before sequence: UInt64)
}
