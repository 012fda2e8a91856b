internal import CRocksDB
internal import Synchronization

/// Writes one of the engine's table files outside its database, to be taken over whole.
struct TableFileWriter: ~Copyable {
    private let handle: OpaquePointer
    private let environment: OpaquePointer

    /// - Parameter options: what the database was opened with, so that the file is made like its own.
    init(path: String, _ options: DatabaseOptions) throws(EngineFailure) {
        let environment: OpaquePointer = rocksdb_envoptions_create()
        let handle: OpaquePointer = rocksdb_sstfilewriter_create(environment, options.handle)
        do {
            try engineCall { rocksdb_sstfilewriter_open(handle, path, $0) }
        } catch {
            rocksdb_sstfilewriter_destroy(handle)
            rocksdb_envoptions_destroy(environment)
            throw error
        }
        self.handle = handle
        self.environment = environment
    }

    deinit {
        rocksdb_sstfilewriter_destroy(handle)
        rocksdb_envoptions_destroy(environment)
    }

    /// Adds an entry, whose key must be above the one before.
    func put(_ key: RawSpan, _ value: RawSpan) throws(EngineFailure) {
        try key.withChars { (key, keyCount) throws(EngineFailure) in
            try value.withChars { (value, valueCount) throws(EngineFailure) in
                try engineCall { rocksdb_sstfilewriter_put(handle, key, keyCount, value, valueCount, $0) }
            }
        }
    }

    /// Ends the file. There must be an entry in it.
    func finish() throws(EngineFailure) {
        try engineCall { rocksdb_sstfilewriter_finish(handle, $0) }
    }
}

extension ColumnFamily {
    /// Takes table files over, all or none. They must not overlap.
    ///
    /// The engine would flush what they overlap with by itself. But RocksDB 7.8 may then go by the files of before the
    /// flush, as other column families are changed at the same time, and put what is taken over below what it was to
    /// replace. A build with assertions notices and refuses.
    ///
    /// Each file takes a sequence number. Without, the engine gives none to what overlaps with nothing, and a database
    /// that holds nothing else stays at zero: of what has the number zero, a compaction leaves nothing while a snapshot
    /// of zero is alive. It is also the gap in the log by which who reads changes learns of the load.
    ///
    /// - Returns: false when a memtable has to be flushed first, as far as the engine knows; nothing was taken over
    ///   then.
    func ingest(_ paths: [String]) throws(EngineFailure) -> Bool {
        let log = database.log
        if let failure = log.failure { throw failure }
        try database.buffer?.beginPassing()
        defer { database.buffer?.endPassing() }
        // What is taken over is on disk at once, and what was committed before it must not come back older.
        try database.syncLog()
        let options: OpaquePointer = rocksdb_ingestexternalfileoptions_create()
        defer { rocksdb_ingestexternalfileoptions_destroy(options) }
        rocksdb_ingestexternalfileoptions_set_move_files(options, 1)
        rocksdb_ingestexternalfileoptions_set_allow_blocking_flush(options, 0)
        let locks = canLockOutWrites
        if locks { writeLock.lockShared() }
        defer { if locks { writeLock.unlock() } }
        // Readers see what was loaded before this thread knows.
        writeEpoch.begin()
        defer { writeEpoch.end() }
        let kept = beginWrite { $0.beginWide() }
        defer { endWrite(kept) }
        // While there is a snapshot, the engine numbers every file.
        let snapshot = rocksdb_create_snapshot(database.engine)
        defer { rocksdb_release_snapshot(database.engine, snapshot) }
        do {
            try withCStrings(paths) { (paths) throws(EngineFailure) in
                try engineCall {
                    rocksdb_ingest_external_file_cf(database.engine, family, paths, paths.count, options, $0)
                }
            }
        } catch {
            if case .status(let text) = error, text.hasPrefix("Invalid argument: External file requires flush") {
                return false
            }
            log.stopWrites(after: error)
            throw error
        }
        loads.wrappingAdd(1, ordering: .releasing)
        log.noteHole(through: database.latestSequence)
        // The load is there and on disk: that the log has failed since is for the next write to say.
        try? database.writeMark(in: family)
        return true
    }
}
