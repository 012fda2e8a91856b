#if Metrics
    /// What the engine counts, when ``StoreConfiguration/collectsEngineStatistics`` is set.
    struct EngineCounter: Sendable {
        let metric: StoreMetric
        /// RocksDB's name.
        let ticker: String

        private init(_ name: String, _ ticker: String, _ summary: String) {
            metric = StoreMetric(name, .counter, summary, needsEngineStatistics: true)
            self.ticker = ticker
        }

        static let all: [EngineCounter] = [
            EngineCounter(
                "kvstore_block_cache_hits_total", "rocksdb.block.cache.hit", "blocks that were in a cache"),
            EngineCounter(
                "kvstore_block_cache_misses_total", "rocksdb.block.cache.miss", "blocks that had to be read"),
            EngineCounter(
                "kvstore_filter_useful_total", "rocksdb.bloom.filter.useful", "reads that a filter has saved"),
            EngineCounter("kvstore_keys_read_total", "rocksdb.number.keys.read", "keys that were looked up"),
            EngineCounter("kvstore_keys_written_total", "rocksdb.number.keys.written", "keys that were written"),
            EngineCounter("kvstore_read_bytes_total", "rocksdb.bytes.read", "bytes of values that were looked up"),
            EngineCounter("kvstore_written_bytes_total", "rocksdb.bytes.written", "bytes that were committed"),
            EngineCounter("kvstore_log_bytes_total", "rocksdb.wal.bytes", "bytes that went to the write-ahead logs"),
            EngineCounter("kvstore_flush_bytes_total", "rocksdb.flush.write.bytes", "bytes that flushes wrote"),
            EngineCounter(
                "kvstore_compaction_read_bytes_total", "rocksdb.compact.read.bytes", "bytes that compactions read"),
            EngineCounter(
                "kvstore_compaction_written_bytes_total", "rocksdb.compact.write.bytes",
                "bytes that compactions wrote"),
            EngineCounter(
                "kvstore_stall_microseconds_total", "rocksdb.stall.micros", "the time that writers were held up"),
        ]
    }

    /// What the engine times, as quantiles since the store was opened.
    struct EngineQuantiles: Sendable {
        let metric: StoreMetric
        /// RocksDB's name.
        let histogram: String

        private init(_ name: String, _ histogram: String, _ summary: String) {
            metric = StoreMetric(name, .gauge, summary, needsEngineStatistics: true)
            self.histogram = histogram
        }

        static let all: [EngineQuantiles] = [
            EngineQuantiles(
                "kvstore_get_seconds", "rocksdb.db.get.micros",
                "what the engine took for a lookup; label quantile: 0.5, 0.95, 0.99, 1"),
            EngineQuantiles(
                "kvstore_write_seconds", "rocksdb.db.write.micros",
                "what the engine took for a commit; label quantile as above"),
        ]
    }
#endif
