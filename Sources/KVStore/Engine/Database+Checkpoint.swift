internal import CRocksDB

extension Database {
    /// Makes a copy in a folder that does not exist: hard links to table files where it can, copies of the rest.
    ///
    /// - Parameter flushing: whether memtables are written to table files first; otherwise the logs are copied, as far
    ///   as they are written. What is not in the log is only copied when it is flushed.
    func checkpoint(to path: String, flushing: Bool) throws(EngineFailure) {
        // The engine lists the logs, and fails where one goes meanwhile.
        archivedLogs.hold()
        defer { archivedLogs.letGo() }
        let checkpoint = try engineCall { rocksdb_checkpoint_object_create(handle, $0) }
        defer { rocksdb_checkpoint_object_destroy(checkpoint) }
        // The size of the logs from which the engine flushes; the largest number is its word for never.
        try engineCall { rocksdb_checkpoint_create(checkpoint, path, flushing ? 0 : UInt64.max, $0) }
    }
}
