extension StoreConfiguration {
    /// Little memory and few files: caches and memtables come to 36 MiB in all, ``Store/memoryBudget``.
    ///
    /// For tools, tests, and programs whose store is beside the point. Keeps the promises of the documented tuning; what
    /// it costs is speed: memtables of 4 MiB are flushed 64 times as often, and of what is read 16 MiB stay in memory.
    ///
    /// A block cache of 16 MiB and at most 16 MiB of memtables for all namespaces together, of which 16 are open; for the
    /// metadata database 2 MiB each. Two compactions at a time, and at most 100 table files a database open.
    public static var small: StoreConfiguration {
        var configuration = StoreConfiguration()
        configuration.blockCache = .shared(.mebibytes(16))
        configuration.memtableLimit = .mebibytes(16)
        configuration.maxOpenNamespaces = 16
        configuration.namespaceTuning.memtableSize = .mebibytes(4)
        configuration.namespaceTuning.maxConcurrentCompactions = 2
        configuration.namespaceTuning.maxOpenFiles = 100
        configuration.metadataTuning.blockCacheCapacity = .mebibytes(2)
        configuration.metadataTuning.memtableSize = .mebibytes(1)
        configuration.metadataTuning.maxMemtables = 2
        configuration.metadataTuning.maxConcurrentCompactions = 1
        configuration.metadataTuning.maxOpenFiles = 100
        return configuration
    }
}
