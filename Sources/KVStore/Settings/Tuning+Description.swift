extension Tuning {
    /// The tuning as a table: each setting, its value, and the Pebble and RocksDB options behind it.
    public func describe() -> String {
        let rows = [["setting", "value", "Pebble", "RocksDB"]] + settings
        let widths = (0..<4).map { column in rows.map { $0[column].count }.max() ?? 0 }
        func line(_ row: [String]) -> String {
            let cells = zip(row, widths).map { text, width in
                text + String(repeating: " ", count: width - text.count)
            }
            return "| " + cells.joined(separator: " | ") + " |"
        }
        let rule = "|" + widths.map { String(repeating: "-", count: $0 + 2) }.joined(separator: "|") + "|"
        return ([line(rows[0]), rule] + rows.dropFirst().map(line)).joined(separator: "\n")
    }

    private var settings: [[String]] {
        let slowdown = level0SlowdownTrigger.map(String.init) ?? "engine's"
        let files = maxOpenFiles.map(String.init) ?? "all"
        return [
            ["durability", durability.rawValue, durability == .synced ? "Sync" : "NoSync", "WriteOptions.sync"],
            ["blockCacheCapacity", "\(blockCacheCapacity)", "Cache", "block_cache"],
            ["memtableSize", "\(memtableSize)", "MemTableSize", "write_buffer_size"],
            ["maxMemtables", "\(maxMemtables)", "MemTableStopWritesThreshold", "max_write_buffer_number"],
            [
                "level0CompactionTrigger", "\(level0CompactionTrigger)", "L0CompactionThreshold",
                "level0_file_num_compaction_trigger",
            ],
            ["level0SlowdownTrigger", slowdown, "", "level0_slowdown_writes_trigger"],
            ["level0StopTrigger", "\(level0StopTrigger)", "L0StopWritesThreshold", "level0_stop_writes_trigger"],
            [
                "maxConcurrentCompactions", "\(maxConcurrentCompactions)", "MaxConcurrentCompactions",
                "max_background_jobs = \(maxConcurrentCompactions + 1)",
            ],
            ["(fixed)", "0", "WALBytesPerSync", "wal_bytes_per_sync"],
            ["bytesPerSync", "\(bytesPerSync)", "BytesPerSync", "bytes_per_sync"],
            ["maxOpenFiles", files, "MaxOpenFiles", "max_open_files"],
            ["compression", compression.rawValue, "Compression", "compression"],
            ["bottommostCompression", bottommostCompression?.rawValue ?? "same", "", "bottommost_compression"],
            ["bloomBitsPerKey", "\(bloomBitsPerKey)", "", "filter_policy"],
            ["dataBlockHashIndex", "\(dataBlockHashIndex)", "", "data_block_index_type"],
            ["blockRestartInterval", "\(blockRestartInterval)", "", "block_restart_interval"],
            ["memtableInsertHints", "\(memtableInsertHints)", "", "memtable_insert_with_hint_prefix_extractor"],
            ["pipelinedWrites", "\(pipelinedWrites)", "", "enable_pipelined_write"],
            ["walRetention", walRetention.map { "\($0)" } ?? "none", "", "WAL_ttl_seconds"],
            ["walRetentionSize", walRetentionSize.map { "\($0)" } ?? "none", "", "WAL_size_limit_MB"],
        ]
    }
}
