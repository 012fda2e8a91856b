extension Namespace {
    /// About how much table files hold of a range of keys, all by default. What is still in memtables does not count.
    /// RocksDB: `GetApproximateSizes`.
    public func approximateSize(_ range: KeyRange = .all) throws(StoreError) -> ByteCount {
        try slot.withKeyspace(.property) { (keyspace) throws(EngineFailure) in
            ByteCount(Int(clamping: try keyspace.approximateSize(range)))
        }
    }

    /// About how many keys there are: exact while nothing is overwritten or deleted, too many afterwards until a
    /// compaction. RocksDB: `rocksdb.estimate-num-keys`.
    public var approximateCount: Int {
        get throws(StoreError) {
            try slot.withKeyspace(.property) { (keyspace) throws(EngineFailure) in
                Int(clamping: keyspace.approximateCount)
            }
        }
    }
}
