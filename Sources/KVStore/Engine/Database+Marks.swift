internal import CRocksDB

extension Database {
    /// What stands behind a mark in the log and tells it from the commits of a namespace.
    static let markName = "kvstore.mark"

    /// Commits what no reader sees and takes a number of its own, in the log.
    ///
    /// To be called after a load, whose number the manifest holds: the log may lose what was committed before the load,
    /// and the database would come back with the load's number all the same. With the mark behind it, it does not.
    func writeMark(in family: OpaquePointer) throws(EngineFailure) {
        if let failure = log.failure { throw failure }
        let batch: OpaquePointer = rocksdb_writebatch_create()
        defer { rocksdb_writebatch_destroy(batch) }
        Self.deleteNothing { rocksdb_writebatch_delete_cf(batch, family, $0, $1) }
        rocksdb_writebatch_put_log_data(batch, Self.markName, Self.markName.utf8.count)
        try buffer?.beginPassing()
        defer { buffer?.endPassing() }
        do {
            try engineCall { rocksdb_write(engine, WriteOptions.handle(.buffered), batch, $0) }
        } catch {
            log.stopWrites(after: error)
            throw error
        }
        log.noteUnsynced()
        if log.onSync != nil { try syncLog() }
    }

    /// Takes a database that has table files and stands at the number zero to one.
    ///
    /// Copies, repairs and loads of older versions of the library left such: see ``ColumnFamily/ingest(_:)``. Past the
    /// log, so that to who reads changes from zero on something is missing, as it is. What a crash takes of it is done
    /// again.
    ///
    /// - Returns: whether it was such.
    static func leaveZero(_ database: OpaquePointer) throws(EngineFailure) -> Bool {
        guard rocksdb_get_latest_sequence_number(database) == 0, let files = rocksdb_livefiles(database) else {
            return false
        }
        defer { rocksdb_livefiles_destroy(files) }
        guard rocksdb_livefiles_count(files) > 0 else { return false }
        try engineCall { error in
            deleteNothing { rocksdb_delete(database, WriteOptions.handle(.unlogged), $0, $1, error) }
        }
        return true
    }

    /// Calls `body` with a key that nobody has: a number of 256 bits by chance, behind what keeps it from lying among
    /// others, where the next load would have to wait for its memtable to be flushed.
    private static func deleteNothing(_ body: (UnsafePointer<CChar>, Int) -> Void) {
        var random = SystemRandomNumberGenerator()
        var key = [CChar](repeating: -1, count: 8)
        for _ in 0..<32 { key.append(CChar.random(in: .min ... .max, using: &random)) }
        key.withUnsafeBufferPointer { if let start = $0.baseAddress { body(start, $0.count) } }
    }
}
