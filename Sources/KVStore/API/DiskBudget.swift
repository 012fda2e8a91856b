/// The most disk that a store can take beside what it holds: see ``Store/diskBudget()``.
///
/// What a store holds is in its table files: its entries, compressed, with those that were overwritten or deleted until a
/// compaction comes by, and while one runs its result beside what it reads. That depends on what is written, and is not in here.
public struct DiskBudget: Sendable, Hashable {
    /// Write-ahead logs of the namespaces, which hold what is not yet in table files. Those of a namespace that is not open
    /// count too: it keeps them until it is opened.
    public let logs: ByteCount
    /// Logs that are kept for ``NamespaceOptions/changes``, ``Tuning/walRetention`` or ``Tuning/walRetentionSize``.
    public let keptLogs: ByteCount
    /// The write-ahead logs of the metadata database.
    public let metadataLogs: ByteCount
    /// What each database has beside: the list of its table files, its options, small files, commits that gather where
    /// ``Tuning/commitBuffer`` asks for that, and the engine's log where ``StoreConfiguration/writesEngineLog`` does.
    public let files: ByteCount

    /// All of it.
    public var total: ByteCount { logs + keptLogs + metadataLogs + files }
}

extension DiskBudget {
    /// A database's options (two files), its lock, its identity and the like, in blocks of the file system.
    private static let smallFiles = ByteCount.mebibytes(1)

    /// What logs of memtables can take: one for each that there may be, and the last that is on its way out. A log has a few
    /// bytes a commit that its memtable does not have, and the other way round.
    private static func logs(_ tuning: Tuning) -> ByteCount { (tuning.maxMemtables + 1) * tuning.memtableSize }

    /// - Parameters:
    ///   - tunings: those of the databases of namespaces.
    ///   - engineLogs: whether the engine writes a log of its own.
    ///   - kept: what is kept of the logs of databases that keep any; nil for any size.
    ///   - isShared: whether namespaces are in one database.
    init(
        tunings: [Tuning], isShared: Bool, metadata: Tuning, engineLogs: Bool,
        kept: [(bytes: UInt64?, tuning: Tuning)]
    ) {
        logs = tunings.reduce(ByteCount(0)) { $0 + Self.logs($1) }
        metadataLogs = Self.logs(metadata)
        // The newest is kept, whatever its size.
        keptLogs = kept.reduce(ByteCount(0)) { sum, kept in
            guard let bytes = kept.bytes else { return ByteCount(.max) }
            return sum + ByteCount(Int(clamping: bytes)) + kept.tuning.memtableSize
        }
        // The new list is beside the old one for a moment.
        let manifest = ByteCount(isShared ? DatabaseOptions.sharedManifestLimit : DatabaseOptions.manifestLimit)
        let engineLog = engineLogs ? EngineLog.fileCount * EngineLog.fileSize : ByteCount(0)
        let buffers = tunings.reduce(ByteCount(0)) { $0 + ($1.commitBuffer ?? ByteCount(0)) }
        files =
            buffers + tunings.count * (2 * manifest + engineLog + Self.smallFiles)
            + 2 * ByteCount(DatabaseOptions.manifestLimit) + engineLog + Self.smallFiles
    }
}

extension Store {
    /// The most disk that the store can take beside what it holds, with the namespaces that there are now: a promise of the
    /// configuration, as ``memoryBudget`` is for memory. What it takes now is in ``namespaceStatistics(prefix:after:limit:)``.
    ///
    /// One commit that is larger than a memtable comes on top, and every ``Namespace/sync()`` adds some twenty bytes to the
    /// log. A store that is not used takes a small part of it: nothing is allocated ahead.
    ///
    /// - Throws: `.closed`; `.corruption` and `.ioError` when the catalog cannot be read.
    public func diskBudget() throws(StoreError) -> DiskBudget {
        let records = try catalog.all()
        let shared = storage.maxOpen == nil
        let database = configuration.namespaceTuning
        var kept: [(bytes: UInt64?, tuning: Tuning)] = []
        if shared {
            var widest = database.logRetention
            for retention in records.compactMap(\.changes?.retention.logRetention) {
                widest = retention.widened(by: widest)
            }
            if let widest { kept = [(widest.bytes, database)] }
        } else {
            for record in records {
                let tuned = tuning(of: record)
                let asked = tuned.logRetention
                let retention = record.changes?.retention.logRetention.widened(by: asked) ?? asked
                if let retention { kept.append((retention.bytes, tuned)) }
            }
        }
        return DiskBudget(
            tunings: shared ? [database] : records.map { tuning(of: $0) }, isShared: shared,
            metadata: configuration.metadataTuning, engineLogs: configuration.writesEngineLog, kept: kept)
    }

    /// The most disk that the store can take beside what it holds. Runs on an I/O thread while the task is suspended.
    ///
    /// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before it begins.
    public func diskBudget() async throws -> DiskBudget { try await threads.calls.run { try self.diskBudget() } }
}
