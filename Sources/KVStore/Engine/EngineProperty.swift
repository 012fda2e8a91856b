/// The engine's properties that the library asks for, by RocksDB's names.
enum EngineProperty: String {
    /// How many flushes and compactions have failed.
    case backgroundErrors = "rocksdb.background-errors"
    /// How many compactions run.
    case runningCompactions = "rocksdb.num-running-compactions"
    /// How many flushes run.
    case runningFlushes = "rocksdb.num-running-flushes"
    /// Whether writers wait, 1 or 0.
    case isWriteStopped = "rocksdb.is-write-stopped"
    /// The bytes a second that slowed writers get together; 0 when they are not slowed.
    case delayedWriteRate = "rocksdb.actual-delayed-write-rate"
    /// How many memtables are full and not on disk yet.
    case fullMemtables = "rocksdb.num-immutable-mem-table"
    /// About how many bytes compactions have to rewrite.
    case pendingCompactionBytes = "rocksdb.estimate-pending-compaction-bytes"
    /// About how many keys there are.
    case estimatedKeys = "rocksdb.estimate-num-keys"
    /// The bytes of the memtable that is written to.
    case activeMemtableSize = "rocksdb.cur-size-active-mem-table"
    /// The bytes of it and of those that wait to be flushed.
    case memtableSize = "rocksdb.cur-size-all-mem-tables"
    /// A table of the levels, with the number of table files on each.
    case levels = "rocksdb.levelstats"
    /// How many table files are on level 0.
    case level0Files = "rocksdb.num-files-at-level0"
    /// The bytes of all table files.
    case tableFilesSize = "rocksdb.total-sst-files-size"
    /// The memory of all memtables, with those that readers still hold.
    case memtableMemory = "rocksdb.size-all-mem-tables"
    /// The memory of open table files, without the cache.
    case tableReaderMemory = "rocksdb.estimate-table-readers-mem"
    /// The memory of the block cache.
    case blockCacheUsage = "rocksdb.block-cache-usage"
    /// How much of that is in use and cannot go.
    case blockCachePinnedUsage = "rocksdb.block-cache-pinned-usage"
}
