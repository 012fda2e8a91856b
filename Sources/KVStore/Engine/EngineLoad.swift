/// What the writers and the background work of a column family are up to.
package struct EngineLoad: Sendable, Hashable {
    /// The files on level 0: from ``Tuning/level0SlowdownTrigger`` on writers are slowed.
    package let level0Files: Int
    /// The bytes that compactions have to rewrite until the levels are as they should be.
    package let pendingCompactionBytes: Int
    /// The memtables that are full and not on disk yet.
    package let fullMemtables: Int
    /// The bytes of all memtables.
    package let memtableBytes: Int
    /// The bytes of all table files.
    package let tableBytes: Int
    /// The flushes and compactions that run now, in all of the database.
    package let runningFlushes: Int
    package let runningCompactions: Int
    /// Whether writers are held up, in all of the database.
    package let holdUp: HoldUp?
    /// Whether the database takes no more writes until it is opened anew, after one that failed.
    package let hasFailed: Bool

    /// How writers are held up.
    package enum HoldUp: String, Sendable, Hashable {
        case slowed, stopped
    }
}

extension ColumnFamily {
    var load: EngineLoad {
        func number(_ property: EngineProperty) -> Int { Int(clamping: integerProperty(property)) }
        return EngineLoad(
            level0Files: property(EngineProperty.level0Files.rawValue).flatMap { Int($0) } ?? 0,
            pendingCompactionBytes: number(.pendingCompactionBytes), fullMemtables: number(.fullMemtables),
            memtableBytes: number(.memtableSize), tableBytes: number(.tableFilesSize),
            runningFlushes: number(.runningFlushes), runningCompactions: number(.runningCompactions), holdUp: holdUp,
            hasFailed: database.log.failure != nil)
    }

    /// Whether the engine holds writers up now.
    var holdUp: EngineLoad.HoldUp? {
        if integerProperty(.isWriteStopped) != 0 { return .stopped }
        return integerProperty(.delayedWriteRate) != 0 ? .slowed : nil
    }

    /// Why it holds them up as far as this column family is concerned; nil when something else is the cause.
    func holdUpCause(_ load: EngineLoad) -> String? {
        let tuning = options.tuning
        if load.level0Files >= tuning.level0SlowdownTrigger ?? 20 { return "level0_files" }
        // With more than three the engine slows writers down before it stops them.
        let most = tuning.maxMemtables > 3 ? tuning.maxMemtables - 1 : tuning.maxMemtables
        if load.fullMemtables >= most { return "memtables" }
        return load.pendingCompactionBytes >= Self.softPendingCompactionLimit ? "pending_compaction" : nil
    }

    /// RocksDB's default of `soft_pending_compaction_bytes_limit`.
    private static let softPendingCompactionLimit = ByteCount.gibibytes(64).bytes
}
