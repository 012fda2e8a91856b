internal import CRocksDB

extension Database {
    /// The table files in use, of one column family or of all: how many, and their size.
    func tableFiles(of family: String? = nil) -> (count: Int, bytes: Int) {
        guard let files = rocksdb_livefiles(engine) else { return (0, 0) }
        defer { rocksdb_livefiles_destroy(files) }
        var (count, bytes) = (0, 0)
        for index in 0..<rocksdb_livefiles_count(files) {
            if let family, rocksdb_livefiles_column_family_name(files, index).map({ String(cString: $0) }) != family {
                continue
            }
            count += 1
            bytes += rocksdb_livefiles_size(files, index)
        }
        return (count, bytes)
    }

    /// Runs `body` while the engine removes no file of the database.
    func withFilesKept<Result>(_ body: () throws(EngineFailure) -> Result) throws(EngineFailure) -> Result {
        try engineCall { rocksdb_disable_file_deletions(handle, $0) }
        defer { try? engineCall { kvstore_enable_file_deletions(handle, $0) } }
        return try body()
    }
}
