internal import CRocksDB

extension ColumnFamily {
    /// Writes all memtables to table files and waits for it.
    func flush() throws(EngineFailure) { try flush(waits: true) }

    /// Has the engine write all memtables to table files.
    func beginFlush() throws(EngineFailure) { try flush(waits: false) }

    private func flush(waits: Bool) throws(EngineFailure) {
        // The engine does not sync the log before it flushes.
        try database.syncLog()
        // What is to be noted of a database at once is in few families, and a log that none of them needs tells
        // nothing.
        guard database.log.onSync == nil || !waits else { return try database.flushAll() }
        try database.flush(family, waits: waits)
    }

    /// Compacts a range of keys down to the last level and waits for it.
    ///
    /// The engine's call says nothing of a failure; its count of them does, and its next write says which it was.
    func compact(_ range: KeyRange) throws(EngineFailure) {
        if let failure = database.log.failure { throw failure }
        guard !range.isEmpty else { return }
        let failuresBefore = backgroundFailures
        compactRange(range)
        guard backgroundFailures > failuresBefore else { return }
        try database.syncLog()
        throw .refused(
            .ioError,
            "a file could not be written while compacting, for want of space or another reason that the engine does not "
                + "tell; what was there before is still in use")
    }

    /// How many flushes and compactions have failed since the database was opened. Of whichever family, the engine
    /// counts them with the default one.
    private var backgroundFailures: UInt64 { database.integerProperty(.backgroundErrors, of: "default") }

    private func compactRange(_ range: KeyRange) {
        let options: OpaquePointer = rocksdb_compactoptions_create()
        defer { rocksdb_compactoptions_destroy(options) }
        // The engine's kForceOptimized. By default it leaves what is on the last level already, deletions and what they
        // delete too; this rewrites it, but not what the same call has just written.
        rocksdb_compactoptions_set_bottommost_level_compaction(options, 3)
        func compact(
            _ lower: UnsafePointer<CChar>?, _ lowerCount: Int, _ upper: UnsafePointer<CChar>?, _ upperCount: Int
        ) {
            rocksdb_compact_range_cf_opt(database.handle, family, options, lower, lowerCount, upper, upperCount)
        }
        // A null pointer is the engine's word for no bound.
        switch (range.lowerBound, range.upperBound) {
        case (nil, nil): compact(nil, 0, nil, 0)
        case (let lower?, nil): lower.span.bytes.withChars { compact($0, $1, nil, 0) }
        case (nil, let upper?): upper.span.bytes.withChars { compact(nil, 0, $0, $1) }
        case (let lower?, let upper?):
            lower.span.bytes.withChars { lower, lowerCount in
                upper.span.bytes.withChars { compact(lower, lowerCount, $0, $1) }
            }
        }
    }
}

extension ColumnFamily {
    /// Whether the engine is writing files of it, which closing would cut short.
    var hasBackgroundWork: Bool {
        integerProperty(.runningCompactions) + integerProperty(.runningFlushes) > 0
    }
}

extension Database {
    /// Has compactions that were asked for end early, for good.
    func endCompactions() { rocksdb_disable_manual_compaction(engine) }

    /// Puts the log on disk for the last time, where something is left to put there, and what went past the log. Called
    /// while nothing is committed.
    func closeLog() throws(EngineFailure) {
        guard log.failure == nil else { return }
        if log.isUnsynced { try syncLog() }
        if log.holdsUnlogged { try flushAll() }
        log.didClose(through: latestSequence)
    }

    /// Writes all memtables to table files. For commits past the log: the engine does so by itself when a database is
    /// closed that has commits that are not in its log, but some of them were lost all the same, now and then, where
    /// memtables are small.
    fileprivate func flushAll() throws(EngineFailure) {
        for name in families {
            guard let (family, _, _) = useFamily(name) else { continue }
            defer { releaseFamily(name) }
            try flush(family, waits: true)
        }
    }

    /// Writes the memtables of a column family to a table file.
    fileprivate func flush(_ family: OpaquePointer, waits: Bool) throws(EngineFailure) {
        let options: OpaquePointer = rocksdb_flushoptions_create()
        defer { rocksdb_flushoptions_destroy(options) }
        rocksdb_flushoptions_set_wait(options, waits ? 1 : 0)
        do throws(EngineFailure) {
            try engineCall { rocksdb_flush_cf(handle, options, family, $0) }
        } catch {
            log.stopWrites(after: error)
            throw error
        }
    }
}
