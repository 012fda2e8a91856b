extension Namespace {
    /// About how much table files hold of a range of keys, all by default. What is still in memtables does not count.
    /// RocksDB: `GetApproximateSizes`.
    ///
    /// - Throws: `.closed`; `.namespaceNotFound` when it was dropped; `.ioError` when it cannot be opened. A range
    ///   without entries is not an error.
    public func approximateSize(_ range: KeyRange = .all) throws(StoreError) -> ByteCount {
        try slot.withColumnFamily(.property) { (columnFamily) throws(EngineFailure) in
            ByteCount(Int(clamping: try columnFamily.approximateSize(range)))
        }
    }

    /// About how many keys there are: exact while nothing is overwritten or deleted, too many afterwards until a
    /// compaction. Cheap: nothing is read. RocksDB: `rocksdb.estimate-num-keys`.
    ///
    /// - Throws: as ``approximateSize(_:)``.
    public func approximateCount() throws(StoreError) -> Int {
        try slot.withColumnFamily(.property) { (columnFamily) throws(EngineFailure) in
            try columnFamily.database.handOn()
            return Int(clamping: columnFamily.approximateCount)
        }
    }

    /// About how much table files hold of a range of keys, all by default. Runs on an I/O thread while the task is
    /// suspended.
    ///
    /// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before it begins.
    public func approximateSize(_ range: KeyRange = .all) async throws -> ByteCount {
        try await store.threads.calls.run { try self.approximateSize(range) }
    }

    /// About how many keys there are. Told at once where the namespace is open; else it is opened on an I/O thread
    /// while the task is suspended.
    ///
    /// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before it begins.
    public nonisolated(nonsending) func approximateCount() async throws -> Int {
        try await atOnceIfOpen(.property) { (columnFamily) throws(EngineFailure) in
            try columnFamily.database.handOn()
            return Int(clamping: columnFamily.approximateCount)
        }
    }
}
