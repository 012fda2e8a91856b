internal import CRocksDB

extension ColumnFamily {
    /// The bytes that table files hold of a range, by the engine's estimate.
    func approximateSize(_ range: KeyRange) throws(EngineFailure) -> UInt64 {
        // The engine wants bounds that are the right way round; with assertions on it ends the process otherwise.
        guard !range.isEmpty else { return 0 }
        let lower = range.lowerBound ?? []
        // It wants both, too; nothing that matters is above 32 bytes of 0xFF behind the lower one.
        let upper = range.upperBound ?? lower.prefix { $0 == 0xFF } + [UInt8](repeating: 0xFF, count: 32)
        var size: UInt64 = 0
        try lower.span.bytes.withChars { (lower, lowerCount) throws(EngineFailure) in
            try upper.span.bytes.withChars { (upper, upperCount) throws(EngineFailure) in
                let (starts, ends): ([UnsafePointer<CChar>?], [UnsafePointer<CChar>?]) = ([lower], [upper])
                try engineCall {
                    rocksdb_approximate_sizes_cf(
                        database.handle, family, 1, starts, [lowerCount], ends, [upperCount], &size, $0)
                }
            }
        }
        return size
    }

    /// About how many keys the engine has, without those that gather in front of it.
    var approximateCount: UInt64 { integerProperty(.estimatedKeys) }

    /// What the memtables take that are written to, and those with the ones on their way to a table file.
    var memtableSizes: (active: UInt64, all: UInt64) {
        (
            integerProperty(.activeMemtableSize), integerProperty(.memtableSize)
        )
    }

    /// Whether a flush would have writes wait for a compaction: the engine then waits for that before it begins one.
    var flushWouldWait: Bool {
        let files = property(EngineProperty.level0Files.rawValue).flatMap { Int($0) } ?? 0
        return files + 1 >= options.tuning.level0SlowdownTrigger ?? 20
    }

    func integerProperty(_ property: EngineProperty) -> UInt64 {
        var value: UInt64 = 0
        return rocksdb_property_int_cf(database.engine, family, property.rawValue, &value) == 0 ? value : 0
    }
}

extension ColumnFamily {
    /// How many table files there are, on all levels.
    var tableFiles: Int {
        // A line for each level: its number, its files, their size.
        (property(EngineProperty.levels.rawValue) ?? "").split(separator: "\n").reduce(0) { files, line in
            let fields = line.split(separator: " ")
            guard fields.count == 3, Int(fields[0]) != nil, let count = Int(fields[1]) else { return files }
            return files.addingSaturating(max(0, count))
        }
    }
}
