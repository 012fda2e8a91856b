extension Tuning {
    /// Checks the tuning, every conflict at once.
    ///
    /// - Throws: `.invalidArgument` whose message lists each conflict with its numbers.
    public func validate() throws(StoreError) {
        let conflicts = conflicts
        guard !conflicts.isEmpty else { return }
        throw StoreError(
            .invalidArgument, .validate, "the tuning does not hold together: " + conflicts.joined(separator: "; "))
    }

    private var conflicts: [String] {
        var found: [String] = []
        func require(_ holds: Bool, _ conflict: @autoclosure () -> String) {
            if !holds { found.append(conflict()) }
        }
        require(
            memtableSize >= .kibibytes(64) && memtableSize <= .gibibytes(64),
            "memtableSize is \(memtableSize), it must be from 64 KiB to 64 GiB")
        require(
            maxMemtables >= 2 && maxMemtables <= 1000,
            "maxMemtables is \(maxMemtables), it must be from 2 (one to write, one to flush) to 1000")
        require(
            level0CompactionTrigger >= 1, "level0CompactionTrigger is \(level0CompactionTrigger), it must be at least 1"
        )
        if let slowdown = level0SlowdownTrigger {
            require(
                slowdown >= level0CompactionTrigger,
                "level0SlowdownTrigger (\(slowdown)) is below level0CompactionTrigger (\(level0CompactionTrigger)): "
                    + "writes would slow before a compaction starts")
            require(
                level0StopTrigger >= slowdown,
                "level0StopTrigger (\(level0StopTrigger)) is below level0SlowdownTrigger (\(slowdown)): RocksDB would raise it"
            )
        }
        require(
            level0StopTrigger <= Int(Int32.max),
            "level0StopTrigger is \(level0StopTrigger), it must be at most \(Int32.max)")
        require(
            level0StopTrigger >= level0CompactionTrigger,
            "level0StopTrigger (\(level0StopTrigger)) is below level0CompactionTrigger (\(level0CompactionTrigger)): "
                + "writes would stop and never go on")
        require(
            (1...128).contains(maxConcurrentCompactions),
            "maxConcurrentCompactions is \(maxConcurrentCompactions), it must be from 1 to 128")
        require(bytesPerSync.bytes >= 0, "bytesPerSync is \(bytesPerSync), it must not be negative")
        require(blockCacheCapacity.bytes >= 0, "blockCacheCapacity is \(blockCacheCapacity), it must not be negative")
        if let valueCache {
            require(valueCache >= .kibibytes(64), "valueCache is \(valueCache), it must be at least 64 KiB, or none")
        }
        if let commitBuffer {
            require(
                commitBuffer >= .kibibytes(64) && commitBuffer <= .gibibytes(1),
                "commitBuffer is \(commitBuffer), it must be from 64 KiB to 1 GiB, or none")
            require(
                walRetention == nil && walRetentionSize == nil,
                "commitBuffer and walRetention or walRetentionSize exclude each other: commits that gather come into the log "
                    + "in the order of their keys")
        }
        if let maxOpenFiles {
            require(
                (20...Int(Int32.max)).contains(maxOpenFiles),
                "maxOpenFiles is \(maxOpenFiles), it must be from 20, the engine's least, to \(Int32.max)")
        }
        require(
            (0...64).contains(bloomBitsPerKey), "bloomBitsPerKey is \(bloomBitsPerKey), it must be from 0 to 64")
        require(
            (1...4096).contains(blockRestartInterval),
            "blockRestartInterval is \(blockRestartInterval), it must be from 1 to 4096")
        if let walRetention {
            require(
                walRetention >= .seconds(1) && walRetention <= .longest,
                "walRetention is \(walRetention), it must be from 1 s to \(Int64.max) s")
        }
        if let walRetentionSize {
            require(
                walRetentionSize >= .mebibytes(1), "walRetentionSize is \(walRetentionSize), it must be at least 1 MiB")
        }
        return found
    }
}
