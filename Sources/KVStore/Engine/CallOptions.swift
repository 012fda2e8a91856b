internal import CRocksDB

/// The engine's options of a write, one for each durability. Shared by all databases: the engine only reads them.
enum WriteOptions {
    /// - Parameter waits: whether the write may wait for a flush or a compaction; if not, and it would have to, the
    ///   engine answers Incomplete and writes nothing.
    static func handle(_ durability: Durability, waits: Bool = true) -> OpaquePointer {
        switch durability {
        case .synced: waits ? synced : syncedAtOnce
        case .buffered: waits ? buffered : bufferedAtOnce
        case .unlogged: waits ? unlogged : unloggedAtOnce
        }
    }

    nonisolated(unsafe) private static let synced = make(.synced, waits: true)
    nonisolated(unsafe) private static let buffered = make(.buffered, waits: true)
    nonisolated(unsafe) private static let unlogged = make(.unlogged, waits: true)
    nonisolated(unsafe) private static let syncedAtOnce = make(.synced, waits: false)
    nonisolated(unsafe) private static let bufferedAtOnce = make(.buffered, waits: false)
    nonisolated(unsafe) private static let unloggedAtOnce = make(.unlogged, waits: false)

    private static func make(_ durability: Durability, waits: Bool) -> OpaquePointer {
        let options: OpaquePointer = rocksdb_writeoptions_create()
        rocksdb_writeoptions_set_sync(options, durability == .synced ? 1 : 0)
        rocksdb_writeoptions_disable_WAL(options, durability == .unlogged ? 1 : 0)
        rocksdb_writeoptions_set_no_slowdown(options, waits ? 0 : 1)
        return options
    }
}

/// The engine's options of a read, with the bounds and the snapshot that they point to.
final class ReadOptions: @unchecked Sendable {  // immutable after init
    let handle: OpaquePointer
    // The engine keeps our pointers to the bounds, so they live as long as the options.
    private let lowerBound: UnsafeMutableBufferPointer<CChar>?
    private let upperBound: UnsafeMutableBufferPointer<CChar>?
    private let keepAlive: AnyObject?
    /// As of when entries have expired; nil for now.
    let time: UInt64?
    /// How the witness of an iterator reads; nil for an iterator that needs none.
    let witness: RangeDeletionGuard.Options?

    /// - Parameters:
    ///   - snapshot: the engine keeps this pointer too.
    ///   - time: as of when entries have expired; nil for now.
    ///   - cachedOnly: whether to answer Incomplete rather than read a file.
    ///   - keepAlive: what owns the snapshot, unless it outlives the options anyway.
    init(
        range: KeyRange = .all, scan: ScanOptions = ScanOptions(), snapshot: OpaquePointer? = nil, time: UInt64? = nil,
        rangeDeletions: Bool, cachedOnly: Bool = false, keepAlive: AnyObject? = nil,
        witness: RangeDeletionGuard.Options? = nil
    ) {
        self.keepAlive = keepAlive
        self.time = time
        self.witness = witness
        handle = rocksdb_readoptions_create()
        lowerBound = range.lowerBound.map(Self.copy)
        upperBound = range.upperBound.map(Self.copy)
        if let lowerBound {
            rocksdb_readoptions_set_iterate_lower_bound(handle, lowerBound.baseAddress, lowerBound.count - 1)
        }
        if let upperBound {
            rocksdb_readoptions_set_iterate_upper_bound(handle, upperBound.baseAddress, upperBound.count - 1)
        }
        rocksdb_readoptions_set_fill_cache(handle, scan.fillsCache ? 1 : 0)
        rocksdb_readoptions_set_verify_checksums(handle, scan.verifiesChecksums ? 1 : 0)
        rocksdb_readoptions_set_readahead_size(handle, scan.readahead.bytes)
        // 1 is the engine's block cache tier.
        if cachedOnly { rocksdb_readoptions_set_read_tier(handle, 1) }
        if let snapshot { rocksdb_readoptions_set_snapshot(handle, snapshot) }
        // With range deletions ignored an unreadable first block of a file is an error; without, RocksDB 7.8.3 ends a
        // scan early and silently. So they are only looked at where there are any, and by iterators with a witness
        // where the engine needs one.
        rocksdb_readoptions_set_ignore_range_deletions(handle, rangeDeletions ? 0 : 1)
    }

    /// Has files that only an iterator kept removed by the engine's threads, not by whoever drops the iterator. To be
    /// called before the options are used. Not for a database that was opened for reading only: it ends the process.
    func purgeInBackground() { rocksdb_readoptions_set_background_purge_on_iterator_cleanup(handle, 1) }

    deinit {
        rocksdb_readoptions_destroy(handle)
        lowerBound?.deallocate()
        upperBound?.deallocate()
    }

    /// A copy one byte longer, so that an empty bound has an address too.
    private static func copy(_ bytes: [UInt8]) -> UnsafeMutableBufferPointer<CChar> {
        let copy = UnsafeMutableBufferPointer<CChar>.allocate(capacity: bytes.count + 1)
        for (index, byte) in bytes.enumerated() { copy.initializeElement(at: index, to: CChar(bitPattern: byte)) }
        copy.initializeElement(at: bytes.count, to: 0)
        return copy
    }
}

extension ReadOptions {
    /// The options of a read that goes to no file, the block cache included: RocksDB's `kMemtableTier`.
    nonisolated(unsafe) static let memtablesOnly: OpaquePointer = {
        let options: OpaquePointer = rocksdb_readoptions_create()
        rocksdb_readoptions_set_read_tier(options, 3)
        rocksdb_readoptions_set_ignore_range_deletions(options, 1)
        return options
    }()
}
