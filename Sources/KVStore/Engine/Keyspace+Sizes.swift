internal import CRocksDB

extension Keyspace {
    /// The bytes that table files hold of a range, by the engine's estimate.
    func approximateSize(_ range: KeyRange) throws(EngineFailure) -> UInt64 {
        // The engine wants both bounds; no key of ours is above 8 MiB of 0xFF, and 32 of them are above all that matter.
        let lower = range.lowerBound ?? []
        let upper = range.upperBound ?? [UInt8](repeating: 0xFF, count: 32)
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

    func integerProperty(_ name: String) -> UInt64 {
        var value: UInt64 = 0
        return rocksdb_property_int_cf(database.handle, family, name, &value) == 0 ? value : 0
    }
}
