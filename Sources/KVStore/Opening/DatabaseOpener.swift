internal import Glibc
internal import Logging
internal import SystemPackage

/// Opens the databases of one store, in the way that the store was opened.
struct DatabaseOpener: Sendable {
    private let isReader: Bool
    private let lock: StoreLockHold?
    private let storeLog: StoreLog?
    private let writesEngineLog: Bool
    /// What the engine counts in all of them; nil for nothing.
    let counters: EngineCounters?
    /// How long their syncs took.
    let syncTimes = SyncTimes()
    /// How often a reader tries again when the writer came between. Each time takes as long as opening the database.
    private static let attempts = 20

    /// - Parameters:
    ///   - log: where the engine's warnings go, and which databases are opened; nil for nowhere.
    ///   - writesEngineLog: whether the engine writes its own log instead. That of a reader does not: the folder is not its own.
    init(
        isReader: Bool, keepAlive lock: StoreLockHold?, log: StoreLog? = nil, writesEngineLog: Bool = false,
        counters: EngineCounters? = nil
    ) {
        self.writesEngineLog = writesEngineLog && !isReader
        self.isReader = isReader
        self.lock = lock
        storeLog = log
        self.counters = counters
    }

    /// Where the engine's warnings about the database in that folder go.
    func log(for path: FilePath) -> EngineLog? {
        storeLog.map { EngineLog($0.logger, path: path.string, goesToFile: writesEngineLog) }
    }

    /// - Parameters:
    ///   - create: whether the database is to be made.
    ///   - keepsLogs: whether logs are kept that its memtables no longer need.
    func open(
        _ path: FilePath, _ tuning: Tuning, _ cache: BlockCache, _ format: ValueFormat = .plain, create: Bool,
        families: [String] = [], keepsLogs: Bool = false
    ) throws(EngineFailure) -> Database {
        let mode = isReader ? DatabaseMode.readOnly : create ? .create : .existing
        let log = log(for: path)
        func open(_ seen: DatabaseFingerprint?) throws(EngineFailure) -> Database {
            let options = DatabaseOptions(
                tuning, cache: cache, mode: mode, format: format, log: log, counters: counters, keepsLogs: keepsLogs)
            return try Database(
                path: path.string, options: options, mode: mode, families: families, keepAlive: lock?.current,
                seen: seen)
        }
        return try opening(path, open)
    }

    /// Opens a database with column families that differ.
    ///
    /// - Parameter options: the options of each family, and of the database those of the default one.
    func openShared(
        _ path: FilePath, create: Bool, _ options: @escaping (DatabaseMode, String) -> DatabaseOptions
    ) throws(EngineFailure) -> Database {
        let mode = isReader ? DatabaseMode.readOnly : create ? .create : .existing
        func open(_ seen: DatabaseFingerprint?) throws(EngineFailure) -> Database {
            try Database(
                path: path.string, options: options(mode, "default"), mode: mode,
                familyOptions: { options(mode, $0) }, keepAlive: lock?.current, seen: seen)
        }
        return try opening(path, open)
    }

    /// Has a database opened, and tells of it.
    private func opening(
        _ path: FilePath, _ open: (DatabaseFingerprint?) throws(EngineFailure) -> Database
    ) throws(EngineFailure) -> Database {
        try EngineFiles.checkLink(path)
        let isTold = storeLog?.wants(.debug) ?? false
        // The engine reads all of it, whatever of it is in table files already.
        let log = isTold ? EngineFiles.logSize(path) : 0
        let begun = MonotonicClock.now
        let database =
            try isReader ? openBesideWriter(path) { (seen) throws(EngineFailure) in try open(seen) } : open(nil)
        database.log.syncTimes = syncTimes
        if let storeLog {
            database.buffer?.onLoss = {
                storeLog.add(
                    .error, "commits do not gather any more: their file cannot be written to", ["database": "\(path)"])
            }
        }
        if let failure = database.bufferFailure {
            storeLog?.add(
                .warning, "commits do not gather: there is no file for them",
                ErrorContext(namespace: nil, path: path).error(failure, .open).logMetadata)
        }
        if isTold {
            storeLog?.add(
                .debug, "a database was opened",
                [
                    "database": "\(path)", "duration_ms": .milliseconds(since: begun), "log_bytes": "\(log)",
                    "sequence": "\(database.latestSequence)",
                ])
        }
        return database
    }

    /// Opens a second handle of a database to read all of its files: nothing cached, nothing skipped.
    ///
    /// - Parameters:
    ///   - formats: how values stand in its column families; plainly in others.
    ///   - onlyThose: whether others are not opened, the default one aside.
    func openToVerify(
        _ path: FilePath, _ tuning: Tuning, _ formats: [String: ValueFormat], onlyThose: Bool
    ) throws(EngineFailure) -> Database {
        let cache = BlockCache(capacity: ByteCount(0))
        let log = log(for: path)
        func options(_ family: String) -> DatabaseOptions {
            let options = DatabaseOptions(
                tuning, cache: cache, mode: .readOnly, format: formats[family] ?? .plain, log: log)
            options.readEveryVersion()
            return options
        }
        func open(_ seen: DatabaseFingerprint?) throws(EngineFailure) -> Database {
            try Database(
                path: path.string, options: options("default"), mode: .readOnly,
                only: onlyThose ? Set(formats.keys) : nil, familyOptions: options)
        }
        // Beside a writer of our own nothing can be missing: it keeps its files.
        return try isReader ? openBesideWriter(path, open) : open(nil)
    }

    /// Opens a database that another process may be writing.
    ///
    /// The engine reads the manifest first and the logs afterwards. A log that was flushed and removed between the two
    /// would be missing without an error, older commits gone and newer ones there; the manifest tells that it happened.
    private func openBesideWriter(
        _ path: FilePath, _ open: (DatabaseFingerprint) throws(EngineFailure) -> Database
    ) throws(EngineFailure) -> Database {
        for _ in 0..<Self.attempts {
            let before = DatabaseFingerprint(path)
            do throws(EngineFailure) {
                let database = try open(before)
                if DatabaseFingerprint(path).hasSameFiles(as: before) { return database }
            } catch {
                // Nobody came between: it is as the engine says.
                if DatabaseFingerprint(path).hasSameFiles(as: before) { throw error }
            }
            usleep(10_000)
        }
        throw .refused(.busy, "the writer changes the database faster than it can be opened; try again")
    }
}
