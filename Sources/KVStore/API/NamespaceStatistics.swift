/// What a namespace takes and holds, told without opening it.
public struct NamespaceStatistics: Sendable, Hashable {
    /// The name.
    public let name: String
    /// The number that names its folder.
    public let id: UInt64
    /// Whether its database is open.
    public let isOpen: Bool
    /// What its files take on disk, write-ahead logs included, in blocks of the file system; in a store with the layout
    /// ``StoreLayout/singleDatabase`` its table files alone, since the log is everybody's, and telling it opens the
    /// database.
    public let sizeOnDisk: ByteCount
    /// What of ``sizeOnDisk`` its files are long. The rest is what the file system keeps beyond that: the end of each
    /// file's last block, which is most of it for a namespace of few entries, and blocks that were allocated ahead. More
    /// than ``sizeOnDisk`` where the file system compresses or leaves out blocks of zeros.
    public let usedOnDisk: ByteCount
    /// About how many keys it has: exact while nothing is overwritten or deleted, too many afterwards until a
    /// compaction. As of ``lastUse`` when it is not open; `nil` for one that was never used. RocksDB:
    /// `rocksdb.estimate-num-keys`.
    public let approximateCount: Int?
    /// When it was last read or written, to about a second; `nil` for never. Kept in the catalog once a minute and when
    /// it is closed: after a crash the last minute of use may be missing.
    public let lastUse: Timestamp?
    /// What its memtables take; nothing when it is not open. RocksDB: `rocksdb.size-all-mem-tables`.
    public let memtables: ByteCount
}

extension Namespace {
    /// What the namespace takes and holds. Cheap, looks at its folder, and does not open it.
    ///
    /// - Throws: `.namespaceNotFound` when it was dropped; `.closed`; `.ioError` when its folder cannot be read;
    ///   `.invalidArgument` for ``Store/metadata``.
    public func statistics() throws(StoreError) -> NamespaceStatistics {
        do throws(StoreError) {
            return try store.statistics(of: store.record(of: slot, .statistics), slot)
        } catch {
            // If it was dropped meanwhile that is what there is to say: its folder goes with it.
            _ = try store.record(of: slot, .statistics)
            throw error
        }
    }

    /// What the namespace takes and holds. Runs on an I/O thread while the task is suspended.
    ///
    /// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before it begins.
    public func statistics() async throws -> NamespaceStatistics {
        try await store.threads.calls.run { try self.statistics() }
    }
}

extension Store {
    /// What namespaces take and hold, ordered by the bytes of their names and by the page as
    /// ``namespaces(prefix:after:limit:)``. Opens none of them, and looks at the folder of each.
    ///
    /// - Throws: `.closed`; `.corruption` and `.ioError` when the catalog or a folder cannot be read. One that is
    ///   dropped meanwhile is left out.
    public func namespaceStatistics(
        prefix: String = "", after name: String? = nil, limit: Int = .max
    ) throws(StoreError) -> [NamespaceStatistics] {
        var list: [NamespaceStatistics] = []
        for record in try catalog.list(prefix: prefix, after: name, limit: limit) {
            do throws(StoreError) {
                list.append(try statistics(of: record, pool.existing(record.name)))
            } catch {
                guard try catalog.find(record.name, .statistics)?.id == record.id else { continue }
                throw error
            }
        }
        return list
    }

    /// What namespaces take and hold. Runs on an I/O thread while the task is suspended.
    ///
    /// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before it begins.
    public func namespaceStatistics(
        prefix: String = "", after name: String? = nil, limit: Int = .max
    ) async throws -> [NamespaceStatistics] {
        try await threads.calls.run {
            try self.namespaceStatistics(prefix: prefix, after: name, limit: limit)
        }
    }

    fileprivate func statistics(
        of record: CatalogRecord, _ slot: NamespaceSlot?
    ) throws(StoreError) -> NamespaceStatistics {
        let open = try slot?.withColumnFamilyAside(.statistics) { (columnFamily) throws(EngineFailure) in
            try columnFamily.database.handOn()
            return (columnFamily.integerProperty(.memtableMemory), columnFamily.approximateCount)
        }
        let usage: NamespaceUsage?
        if let slot, let open, slot.uses.isUnnoted {
            usage = NamespaceUsage(lastUse: MonotonicClock.seconds1970, count: open.1)
        } else {
            usage = try usages.usage(record.id)
        }
        let size = try storage.sizeOnDisk(record.id, slot)
        return NamespaceStatistics(
            name: record.name, id: record.id, isOpen: open != nil,
            sizeOnDisk: size.allocated, usedOnDisk: size.used,
            approximateCount: (open?.1 ?? usage?.count).map { Int(clamping: $0) },
            lastUse: usage.map { Timestamp(seconds: Int64(clamping: $0.lastUse)) },
            memtables: ByteCount(Int(clamping: open?.0 ?? 0)))
    }
}
