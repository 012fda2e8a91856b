/// The memory that the engine holds for a store now.
public struct MemoryUsage: Sendable, Hashable {
    /// Blocks of table files in the caches. RocksDB: `rocksdb.block-cache-usage`.
    public let blockCaches: ByteCount
    /// The part of ``blockCaches`` that reads hold on to, and that cannot go. RocksDB:
    /// `rocksdb.block-cache-pinned-usage`.
    public let pinned: ByteCount
    /// Memtables, also such as are kept only for a cursor or snapshot. RocksDB: `rocksdb.size-all-mem-tables`.
    public let memtables: ByteCount
    /// Index and filter blocks of open table files, as far as they are not in a cache. RocksDB:
    /// `rocksdb.estimate-table-readers-mem`.
    public let tableReaders: ByteCount
    /// Values that were read, where ``Tuning/valueCache`` asks for that.
    public let valueCaches: ByteCount
    /// How many namespaces are open.
    public let openNamespaces: Int

    /// All of it.
    public var total: ByteCount { blockCaches + memtables + tableReaders + valueCaches }
}

extension Store {
    /// The memory that the engine holds for the store now, over all open namespaces and the metadata database; what it
    /// may hold at most is ``memoryBudget``.
    ///
    /// Cheap, and opens nothing. Not counted is what the process takes otherwise: some 100 KiB for each open database,
    /// buffers of running compactions, and what the allocator keeps for later.
    public var memoryUsage: MemoryUsage {
        var (caches, pinned, memtables, readers, values, open) = (0, 0, 0, 0, 0, 0)
        func add(_ slot: NamespaceSlot, cache: Bool) {
            let properties = try? slot.withColumnFamilyAside(.property) { (columnFamily) throws(EngineFailure) in
                [EngineProperty.memtableMemory, .tableReaderMemory, .blockCacheUsage, .blockCachePinnedUsage].map {
                    Int(clamping: columnFamily.integerProperty($0))
                } + [columnFamily.values?.usage ?? 0]
            }
            guard let properties else { return }
            memtables += properties[0]
            readers += properties[1]
            values += properties[4]
            if cache { (caches, pinned) = (caches + properties[2], pinned + properties[3]) }
            if slot.record != nil { open += 1 }
        }
        for slot in pool.openSlots { add(slot, cache: storage.cache == nil) }
        add(catalogSlot, cache: true)
        add(metadataSlot, cache: false)
        if let cache = storage.cache { (caches, pinned) = (caches + cache.usage, pinned + cache.pinned) }
        return MemoryUsage(
            blockCaches: ByteCount(caches), pinned: ByteCount(pinned), memtables: ByteCount(memtables),
            tableReaders: ByteCount(readers), valueCaches: ByteCount(values), openNamespaces: open)
    }
}
