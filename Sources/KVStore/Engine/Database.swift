internal import CRocksDB
internal import Synchronization
internal import SystemPackage

/// One open RocksDB database: the owner of its handle, its column families and all that they point to.
///
/// Closed when the last reference goes. Cursors, snapshots and pinned values hold one, so nothing outlives what it
/// reads.
final class Database: @unchecked Sendable {  // the engine's handle is made to be shared
    /// The engine's handle, for calls that need not see what is in ``buffer``: see ``handle``.
    let engine: OpaquePointer
    let path: String
    let log: WALState
    /// Where the tuning asks for it, and nobody is to read the log.
    let buffer: CommitBuffer?
    /// Why there is none although the tuning asks for it.
    let bufferFailure: EngineFailure?
    let archivedLogs: ArchivedLogs
    /// Whether it was opened for reading only.
    let isReader: Bool
    private let seen: DatabaseFingerprint?
    private let options: DatabaseOptions
    private let lock = Lock(.innermost)
    /// Guarded by `lock`.
    private var columnFamilies: [String: OpenFamily] = [:]
    /// The options of families that were dropped; their filters may still be in use. Guarded by `lock`.
    private var retired: [DatabaseOptions] = []
    /// What must outlive the engine's handle, such as the store's lock file.
    private let keepAlive: AnyObject?
    /// What waits for the engine to have closed it.
    let closing = DatabaseClosing()
    /// Whether it is to be opened anew, for which verifications of it end.
    let isToBeReopened = Atomic<Bool>(false)
    /// Set when it is closed under what still holds it.
    private let hasEnded = Atomic<Bool>(false)

    var isClosed: Bool { hasEnded.load(ordering: .relaxed) }

    /// Whether logs are kept that its memtables no longer need, until ``trimLogs(_:now:)`` removes them.
    var keepsLogs: Bool { options.keepsLogs }
    /// Whether logs that are kept for nobody may be there, of a time when somebody was.
    private let mayHaveOldLogs = Atomic<Bool>(true)

    /// Opens the database in the folder `path`.
    ///
    /// - Parameters:
    ///   - families: the column families beside the default one; made where they are missing and `mode` writes.
    ///   - only: which of the column families that there are to open, the default one aside; nil for all. Only for
    ///     reading: who writes has to open all of them.
    ///   - familyOptions: the options of each column family; nil for those of the database.
    ///   - keepAlive: what must outlive the engine's handle.
    ///   - seen: how the files were before they were opened beside a writer.
    init(
        path: String, options: DatabaseOptions, mode: DatabaseMode, families: [String] = [], only: Set<String>? = nil,
        familyOptions: ((String) -> DatabaseOptions)? = nil, keepAlive: AnyObject? = nil,
        seen: DatabaseFingerprint? = nil
    ) throws(EngineFailure) {
        if let mismatch = EngineFeatures.mismatch { throw mismatch }
        self.path = path
        archivedLogs = ArchivedLogs(of: FilePath(path))
        isReader = mode.isReader
        self.seen = seen
        self.options = options
        self.keepAlive = keepAlive

        var existing = ["default"]
        if !mode.creates {
            try LogStandstill.prepareLogs(of: FilePath(path), isReader: mode.isReader)
            existing = try Self.familyNames(path, options)
            if let only { existing.removeAll { $0 != "default" && !only.contains($0) } }
        }
        let optionsOf = { name in name == "default" ? options : familyOptions?(name) ?? options }
        let existingOptions = existing.map(optionsOf)
        var handles: [OpaquePointer?] = Array(repeating: nil, count: existing.count)
        let optionHandles: [OpaquePointer?] = existingOptions.map(\.handle)
        engine = try withCStrings(existing) { (names) throws(EngineFailure) in
            try engineObject { error in
                let count = Int32(names.count)
                switch mode {
                case .create, .existing:
                    return rocksdb_open_column_families(
                        options.handle, path, count, names, optionHandles, &handles, error)
                case .readOnly:
                    return rocksdb_open_for_read_only_column_families(
                        options.handle, path, count, names, optionHandles, &handles, 0, error)
                }
            }
        }
        for (index, name) in existing.enumerated() {
            guard let family = handles[index] else { continue }
            columnFamilies[name] = OpenFamily(handle: family, options: existingOptions[index])
        }
        let folder = FilePath(path)
        let prepared = Result { [engine] () throws(EngineFailure) in
            if mode.isReader { return false }
            let isLifted = try Self.leaveZero(engine)
            return try Self.recoverCommits(engine, in: folder) || isLifted
        }
        log = WALState(durableThrough: rocksdb_get_latest_sequence_number(engine))
        let gathering = Result { [engine, log] () throws(EngineFailure) -> CommitBuffer? in
            // Not over a file of earlier that could not be handed on.
            _ = try prepared.get()
            guard let size = options.tuning.commitBuffer, !mode.isReader, !options.keepsLogs else { return nil }
            return try CommitBuffer(engine, log, in: folder, size: size.bytes)
        }
        buffer = (try? gathering.get()) ?? nil
        if case .failure(let error) = gathering { bufferFailure = error } else { bufferFailure = nil }
        // Not all that came before is in the log, or in its order.
        if try prepared.get() { log.noteHole(through: latestSequence) }
        // The gate that refuses writes after a failed one refuses them here too.
        if mode.isReader { log.fail(.readOnly) }
        for name in families where columnFamilies[name] == nil && !mode.isReader {
            try createFamily(name, optionsOf(name))
        }
    }

    deinit {
        // The engine would wait for its threads.
        if ForkedChild.isThisProcess { return }
        buffer?.end()
        let families = columnFamilies.values.map(\.handle)
        SeparateThread.run { [engine] in
            for family in families { rocksdb_column_family_handle_destroy(family) }
            rocksdb_close(engine)
        }
        withExtendedLifetime((options, keepAlive)) {}
        log.end()
        closing.isOver()
    }

    /// Has `action` called when the last reference is gone and the engine has closed the database.
    func whenClosed(_ action: @escaping @Sendable () -> Void) { closing.add(action) }

    /// The names of the column families of the database in the folder `path`, which need not be open.
    static func familyNames(_ path: String, _ options: DatabaseOptions? = nil) throws(EngineFailure) -> [String] {
        try LogStandstill.checkManifest(of: FilePath(path))
        let options = options ?? DatabaseOptions(.metadata, cache: BlockCache(capacity: ByteCount(0)), mode: .existing)
        var count = 0
        let list = try engineCall { rocksdb_list_column_families(options.handle, path, &count, $0) }
        defer { rocksdb_list_column_families_destroy(list, count) }
        guard let list else { return ["default"] }
        return (0..<count).compactMap { list[$0].map { String(cString: $0) } }
    }

    /// Whether a writer has changed the files since they were opened for reading.
    var isOutdated: Bool {
        guard let seen else { return false }
        return !DatabaseFingerprint(FilePath(path)).hasSameContent(as: seen)
    }

    /// To be called when it is closed although something may still hold it.
    func end() { hasEnded.store(true, ordering: .relaxed) }

    /// The number of the last commit.
    var latestSequence: UInt64 { buffer?.latestSequence ?? engineSequence }

    /// The number of the last commit that the engine has, while others may gather in front of it.
    var engineSequence: UInt64 { rocksdb_get_latest_sequence_number(engine) }

    /// Removes the logs that need not be kept any more. Never waits for a reader of them.
    ///
    /// - Parameters:
    ///   - retention: what to keep of them; nil for nothing.
    ///   - now: milliseconds since 1970.
    func trimLogs(_ retention: LogRetention?, now: UInt64) throws(EngineFailure) {
        guard !isReader else { return }
        if !keepsLogs {
            // The engine does as its own bounds say, and without any leaves what is there for ever.
            guard options.tuning.logRetention == nil, mayHaveOldLogs.exchange(false, ordering: .relaxed) else { return }
        }
        let retention = keepsLogs ? retention : nil
        try EngineFailure.refusing { () throws(StoreError) in try archivedLogs.trim(retention, now: now) }
    }
}

/// What waits for a database to be closed. Does not hold the database.
final class DatabaseClosing: @unchecked Sendable {  // guarded by its lock
    private let lock = Lock(.innermost)
    private let changed = Condition()
    private var actions: [@Sendable () -> Void] = []
    private var hasClosed = false

    fileprivate func add(_ action: @escaping @Sendable () -> Void) { lock.withLock { actions.append(action) } }

    fileprivate func isOver() {
        let actions = lock.withLock {
            hasClosed = true
            changed.broadcast()
            return self.actions
        }
        for action in actions { action() }
    }

    /// Waits until the engine has closed it: the engine opens no database twice. What still refers to it are calls that
    /// end in a moment; should one not, the engine says so after a while.
    func wait() {
        let deadline = MonotonicClock.after(Self.patience)
        lock.withLock {
            while !hasClosed, MonotonicClock.now < deadline { changed.wait(lock, nanoseconds: 100_000_000) }
        }
    }

    private static let patience: UInt64 = 10_000_000_000
}

/// A column family that is open, and how many use it.
private struct OpenFamily {
    let handle: OpaquePointer
    let options: DatabaseOptions
    let uses = ColumnFamilyUses()
    var users = 0
    var isDropped = false
}

extension Database {
    /// The names of all column families.
    var families: [String] { lock.withLock { columnFamilies.keys.sorted() } }

    /// Whether a column family uses it.
    var isInUse: Bool { lock.withLock { columnFamilies.values.contains { $0.users > 0 } } }

    func hasFamily(_ name: String) -> Bool { lock.withLock { columnFamilies[name] != nil } }

    /// The families that are in use, and by what.
    var uses: [String: ColumnFamilyUses] {
        lock.withLock { columnFamilies.filter { $0.value.users > 0 }.mapValues(\.uses) }
    }

    /// The handle and the options of a column family, good until ``releaseFamily(_:)`` is called; nil when there is
    /// none.
    func useFamily(_ name: String) -> (handle: OpaquePointer, options: DatabaseOptions, uses: ColumnFamilyUses)? {
        lock.withLock {
            guard let family = columnFamilies[name], !family.isDropped else { return nil }
            columnFamilies[name]?.users += 1
            return (family.handle, family.options, family.uses)
        }
    }

    func releaseFamily(_ name: String) {
        lock.withLock {
            columnFamilies[name]?.users -= 1
            forgetIfUnused(name)
        }
    }

    /// A number that the engine knows of a column family; zero when it has none.
    func integerProperty(_ property: EngineProperty, of family: String) -> UInt64 {
        guard let (handle, _, _) = useFamily(family) else { return 0 }
        defer { releaseFamily(family) }
        var value: UInt64 = 0
        return rocksdb_property_int_cf(engine, handle, property.rawValue, &value) == 0 ? value : 0
    }

    /// Makes a column family: on disk when this returns.
    func createFamily(_ name: String, _ options: DatabaseOptions) throws(EngineFailure) {
        if let failure = log.failure { throw failure }
        do throws(EngineFailure) {
            let family = try engineObject { rocksdb_create_column_family(handle, options.handle, name, $0) }
            lock.withLock { columnFamilies[name] = OpenFamily(handle: family, options: options) }
        } catch {
            log.stopWrites(after: error)
            throw error
        }
    }

    /// Drops a column family with its data: gone for good when this returns. Who still reads it goes on; its files are
    /// removed after that.
    func dropFamily(_ name: String) throws(EngineFailure) {
        if let failure = log.failure { throw failure }
        guard let family = lock.withLock({ columnFamilies[name] }) else { return }
        try keepSequence()
        do throws(EngineFailure) {
            try engineCall { rocksdb_drop_column_family(self.handle, family.handle, $0) }
        } catch {
            log.stopWrites(after: error)
            throw error
        }
        lock.withLock {
            columnFamilies[name]?.isDropped = true
            forgetIfUnused(name)
        }
    }

    /// Lets the handle of a dropped family go, upon which the engine removes its files.
    private func forgetIfUnused(_ name: String) {
        guard let family = columnFamilies[name], family.isDropped, family.users == 0 else { return }
        columnFamilies[name] = nil
        retired.append(family.options)
        rocksdb_column_family_handle_destroy(family.handle)
    }
}
