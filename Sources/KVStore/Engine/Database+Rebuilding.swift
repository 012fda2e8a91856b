internal import CRocksDB

extension Database {
    /// Makes a database of the table files and logs in a folder, whatever the rest says. What cannot be read is moved
    /// to a folder `lost` in it. Nobody may have it open.
    static func rebuild(_ path: String, _ options: DatabaseOptions) throws(EngineFailure) {
        try engineCall { rocksdb_repair_db(options.handle, path, $0) }
    }
}
