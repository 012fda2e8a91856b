/// What RocksDB tells of a database, whoever asks it.
enum RocksDBProperties {
    static let level0Files = "rocksdb.num-files-at-level0"
    static let pendingCompactionBytes = "rocksdb.estimate-pending-compaction-bytes"

    static let memtableBytes = "rocksdb.cur-size-all-mem-tables"
    static let cacheBytes = "rocksdb.block-cache-usage"
    /// Reports in words, of a column family and of its database.
    static let familyReport = "rocksdb.cfstats-no-file-histogram"
    static let report = "rocksdb.dbstats"

    /// All that are numbers and worth keeping with a result, with what they add up to over several databases.
    static let statistics =
        (0..<7).map { "rocksdb.num-files-at-level\($0)" } + [
            pendingCompactionBytes, "rocksdb.estimate-num-keys", "rocksdb.total-sst-files-size",
            "rocksdb.live-sst-files-size", memtableBytes, "rocksdb.num-immutable-mem-table",
            "rocksdb.estimate-table-readers-mem", "rocksdb.background-errors", "rocksdb.actual-delayed-write-rate",
            "rocksdb.is-write-stopped", "rocksdb.num-running-compactions", "rocksdb.num-running-flushes",
        ]

    /// Those that are of the cache that all share, and are not added up.
    static let shared = [
        "rocksdb.block-cache-capacity", cacheBytes, "rocksdb.block-cache-pinned-usage",
    ]
}
