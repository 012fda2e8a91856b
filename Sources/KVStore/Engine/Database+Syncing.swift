internal import CRocksDB
internal import SystemPackage

extension Database {
    /// Puts everything that was committed on disk, in the write-ahead log.
    ///
    /// By an empty synced write, which goes through the engine's ordinary path: `rocksdb_flush_wal` from another thread
    /// can end the process after an error of the log. It waits while the engine holds writers up.
    func syncLog() throws(EngineFailure) {
        try sync { () throws(EngineFailure) in
            try handOn()
            let sequence = engineSequence
            try Self.syncLog(of: engine)
            return sequence
        }
    }

    /// Puts on disk what is in the log of an engine, by an empty synced write.
    ///
    /// - Parameter waits: if not, and the engine holds writers up, it fails as incomplete.
    static func syncLog(of engine: OpaquePointer, waits: Bool = true) throws(EngineFailure) {
        try writeSynced(engine, waits: waits) { rocksdb_writebatch_put_log_data($0, "", 0) }
    }

    /// Puts everything that was committed on disk, in the write-ahead log or beside it, without waiting for the engine while
    /// it holds writers up, which may take long: what was committed before must not become older than is promised.
    func syncCommitted() throws(EngineFailure) {
        try sync { () throws(EngineFailure) in
            guard try buffer?.handOnAtOnce() ?? true else { return try syncFiles() }
            let sequence = engineSequence
            do throws(EngineFailure) {
                try Self.syncLog(of: engine, waits: false)
                return sequence
            } catch {
                guard error.code == .incomplete else { throw error }
                return try syncFiles()
            }
        }
    }

    /// Has the engine remember the number of the last commit although the family that it went to is about to be
    /// dropped.
    ///
    /// When it opens a database it takes the number from the table files and the log, and removes logs that no family
    /// needs: it would give the numbers of what was dropped once more, and the database look older than it was. An
    /// entry in the default family is needed for as long as it is in no table file.
    func keepSequence() throws(EngineFailure) {
        guard let (family, _, _) = useFamily("default") else { return }
        defer { releaseFamily("default") }
        try buffer?.beginPassing()
        defer { buffer?.endPassing() }
        try sync { () throws(EngineFailure) in
            let sequence = engineSequence
            try Self.writeSynced(engine) { rocksdb_writebatch_put_cf($0, family, "", 0, "", 0) }
            return sequence
        }
    }

    private static func writeSynced(
        _ engine: OpaquePointer, waits: Bool = true, _ fill: (OpaquePointer) -> Void
    ) throws(EngineFailure) {
        let batch: OpaquePointer = rocksdb_writebatch_create()
        defer { rocksdb_writebatch_destroy(batch) }
        fill(batch)
        try engineCall { rocksdb_write(engine, WriteOptions.handle(.synced, waits: waits), batch, $0) }
    }

    /// Puts the files on disk that have what was committed: the engine's logs, by descriptors of our own, and that of commits
    /// which gather.
    ///
    /// - Returns: the number through which all is in the log.
    private func syncFiles() throws(EngineFailure) -> UInt64 {
        let sequence = engineSequence
        try buffer?.syncFile()
        let folder = FilePath(path)
        do throws(StoreError) {
            for name in try StoreFiles.list(folder, .sync) where EngineFiles.isLog(name) {
                try StoreFiles.syncFile(folder.appending(name), ifThere: true, .sync)
            }
            // Where the engine has synced nothing of a log yet, its name is not on disk.
            try StoreFiles.syncFolder(folder, .sync)
        } catch {
            throw .refused(error.code, error.message)
        }
        return sequence
    }

    /// Notes what `body` puts on disk.
    ///
    /// - Parameter body: returns the number through which all is in the log on disk.
    private func sync(_ body: () throws(EngineFailure) -> UInt64) throws(EngineFailure) {
        if let failure = log.failure { throw failure }
        let (begun, started) = (log.beginSync(), MonotonicClock.now)
        let sequence: UInt64
        do throws(EngineFailure) {
            sequence = try body()
        } catch {
            log.syncTimes?.noteFailure()
            log.abandonSync(begun: begun)
            log.stopWrites(after: error)
            throw error
        }
        log.syncTimes?.note(since: started)
        log.didSync(through: sequence)
    }
}
