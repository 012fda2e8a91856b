#if Metrics
    internal import KVStore

    /// A value of the moment, and where it comes from.
    struct StoreGauge: Sendable {
        let metric: StoreMetric
        /// Nil when there is nothing to tell.
        let value: @Sendable (StoreSample) -> Double?
        /// The same of one open namespace; nil for what is of the whole store.
        let ofNamespace: (@Sendable (EngineLoad) -> Double)?

        private init(
            _ name: String, _ summary: String, ofNamespace: (@Sendable (EngineLoad) -> Double)? = nil,
            _ value: @escaping @Sendable (StoreSample) -> Double?
        ) {
            metric = StoreMetric(name, .gauge, summary, isOfNamespaces: ofNamespace != nil)
            self.ofNamespace = ofNamespace
            self.value = value
        }

        static let all: [StoreGauge] = [
            StoreGauge(
                "kvstore_level0_files",
                "table files on level 0; of the open namespace that has the most",
                ofNamespace: { Double($0.level0Files) }, { $0.most(\.level0Files) }),
            StoreGauge(
                "kvstore_pending_compaction_bytes", "what compactions have to rewrite, of all open namespaces",
                ofNamespace: { Double($0.pendingCompactionBytes) }, { $0.sum(\.pendingCompactionBytes) }),
            StoreGauge(
                "kvstore_full_memtables",
                "memtables that are full and not on disk yet; of the open namespace that has the most",
                ofNamespace: { Double($0.fullMemtables) }, { $0.most(\.fullMemtables) }),
            StoreGauge(
                "kvstore_table_bytes", "the table files of all open namespaces",
                ofNamespace: { Double($0.tableBytes) }, { $0.sum(\.tableBytes) }),
            StoreGauge(
                "kvstore_running_flushes", "flushes that run",
                { $0.databases.reduce(0) { $0 + Double($1.runningFlushes) } }),
            StoreGauge(
                "kvstore_running_compactions", "compactions that run",
                { $0.databases.reduce(0) { $0 + Double($1.runningCompactions) } }),
            StoreGauge(
                "kvstore_slowed_databases", "databases whose writers are slowed down by the engine",
                { $0.count { $0.holdUp == .slowed } }),
            StoreGauge(
                "kvstore_stopped_databases", "databases whose writers the engine has wait",
                { $0.count { $0.holdUp == .stopped } }),
            StoreGauge(
                "kvstore_failed_databases", "databases that take no more writes until they are reopened",
                { $0.count(\.hasFailed) }),
            StoreGauge("kvstore_namespaces", "namespaces", { Double($0.namespaces) }),
            StoreGauge("kvstore_open_namespaces", "namespaces that are open", { Double($0.memory.openNamespaces) }),
            StoreGauge(
                "kvstore_block_cache_bytes", "blocks of table files in the caches",
                { Double($0.memory.blockCaches.bytes) }),
            StoreGauge(
                "kvstore_block_cache_pinned_bytes", "the part of them that reads hold on to",
                { Double($0.memory.pinned.bytes) }),
            StoreGauge(
                "kvstore_block_cache_capacity_bytes", "the size of the shared block cache, if it is shared",
                { $0.cacheCapacity.map { Double($0.bytes) } }),
            StoreGauge(
                "kvstore_memtable_bytes", "memtables, also those that only readers hold",
                ofNamespace: { Double($0.memtableBytes) }, { Double($0.memory.memtables.bytes) }),
            StoreGauge(
                "kvstore_table_reader_bytes", "index and filter blocks of open table files, beside the caches",
                { Double($0.memory.tableReaders.bytes) }),
            StoreGauge(
                "kvstore_value_cache_bytes", "values that were read, where the tuning has a cache of them",
                { Double($0.memory.valueCaches.bytes) }),
            StoreGauge(
                "kvstore_memory_budget_bytes", "the most that caches and memtables can take",
                { Double($0.memoryBudget.bytes) }),
            StoreGauge(
                "kvstore_durability_lag_writes", "writes that a power cut would take now",
                { Double($0.lag.writes) }),
            StoreGauge(
                "kvstore_durability_lag_seconds", "how long the oldest of them has waited for a sync",
                { $0.lag.age / .seconds(1) }),
            StoreGauge("kvstore_disk_free_bytes", "what is free on the store's disk", { $0.freeDisk }),
        ]
    }
#endif
