internal import CRocksDB

extension Database {
    /// The table files in use: how many, and their size.
    func tableFiles() -> (count: Int, bytes: Int) {
        guard let files = rocksdb_livefiles(handle) else { return (0, 0) }
        defer { rocksdb_livefiles_destroy(files) }
        let count = rocksdb_livefiles_count(files)
        return (Int(count), (0..<count).reduce(0) { $0 + rocksdb_livefiles_size(files, $1) })
    }

    /// Runs `body` while the engine removes no file of the database.
    func withFilesKept<Result>(_ body: () throws(EngineFailure) -> Result) throws(EngineFailure) -> Result {
        try engineCall { rocksdb_disable_file_deletions(handle, $0) }
        // Zero: not before all who asked for it are done.
        defer { try? engineCall { rocksdb_enable_file_deletions(handle, 0, $0) } }
        return try body()
    }
}
