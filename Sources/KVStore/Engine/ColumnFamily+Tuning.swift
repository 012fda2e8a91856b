internal import CRocksDB

extension ColumnFamily {
    /// Changes the options that the engine lets change while the database is open.
    func apply(_ tuning: Tuning) throws(EngineFailure) {
        let options = [
            ("write_buffer_size", "\(tuning.memtableSize.bytes)"),
            ("max_write_buffer_number", "\(tuning.maxMemtables)"),
            ("level0_file_num_compaction_trigger", "\(tuning.level0CompactionTrigger)"),
            // 20 is the engine's own.
            ("level0_slowdown_writes_trigger", "\(tuning.level0SlowdownTrigger ?? 20)"),
            ("level0_stop_writes_trigger", "\(max(tuning.level0StopTrigger, tuning.level0SlowdownTrigger ?? 20))"),
            ("compression", tuning.compression.optionText),
            ("bottommost_compression", tuning.bottommostCompression?.optionText ?? "kDisableCompressionOption"),
        ]
        try withCStrings(options.map(\.0)) { (names) throws(EngineFailure) in
            try withCStrings(options.map(\.1)) { (values) throws(EngineFailure) in
                try engineCall {
                    rocksdb_set_options_cf(database.handle, family, Int32(options.count), names, values, $0)
                }
            }
        }
    }
}

extension Tuning {
    /// The settings that differ from another tuning and that an open database cannot change to these.
    func changesAtNextOpening(from old: Tuning) -> [String] {
        TuningOption.all.compactMap { option in
            // The engine flushes when all memtables together have the size for which the database was opened.
            if option.name == "memtableSize" {
                return memtableBudget > old.memtableBudget ? "memtableSize x maxMemtables" : nil
            }
            return option.appliesAtOnce || option.isSame(self, old) ? nil : option.name
        }
    }
}

extension Compression {
    fileprivate var optionText: String {
        switch self {
        case .none: "kNoCompression"
        case .snappy: "kSnappyCompression"
        case .lz4: "kLZ4Compression"
        case .zstd: "kZSTD"
        }
    }
}
