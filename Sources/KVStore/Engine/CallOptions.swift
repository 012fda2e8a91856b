internal import CRocksDB

/// The engine's options of a write, one for each durability. Shared by all databases: the engine only reads them.
enum WriteOptions {
    static func handle(_ durability: Durability) -> OpaquePointer {
        switch durability {
        case .synced: synced
        case .buffered: buffered
        case .unlogged: unlogged
        }
    }

    nonisolated(unsafe) private static let synced = make(sync: true, log: true)
    nonisolated(unsafe) private static let buffered = make(sync: false, log: true)
    nonisolated(unsafe) private static let unlogged = make(sync: false, log: false)

    private static func make(sync: Bool, log: Bool) -> OpaquePointer {
        let options: OpaquePointer = rocksdb_writeoptions_create()
        rocksdb_writeoptions_set_sync(options, sync ? 1 : 0)
        rocksdb_writeoptions_disable_WAL(options, log ? 0 : 1)
        return options
    }
}

/// The engine's options of a read, with the bounds and the snapshot that they point to.
final class ReadOptions: @unchecked Sendable {  // immutable after init
    let handle: OpaquePointer
    // The engine keeps our pointers to the bounds, so they live as long as the options.
    private let lowerBound: UnsafeMutableBufferPointer<CChar>?
    private let upperBound: UnsafeMutableBufferPointer<CChar>?

    init(range: KeyRange = .all, snapshot: OpaquePointer? = nil, rangeDeletions: Bool) {
        handle = rocksdb_readoptions_create()
        lowerBound = range.lowerBound.map(Self.copy)
        upperBound = range.upperBound.map(Self.copy)
        if let lowerBound {
            rocksdb_readoptions_set_iterate_lower_bound(handle, lowerBound.baseAddress, lowerBound.count - 1)
        }
        if let upperBound {
            rocksdb_readoptions_set_iterate_upper_bound(handle, upperBound.baseAddress, upperBound.count - 1)
        }
        if let snapshot { rocksdb_readoptions_set_snapshot(handle, snapshot) }
        // With range deletions ignored an unreadable first block of a file is an error; without, RocksDB 7.8.3 ends a
        // scan early and silently. So they are only looked at where there are any.
        rocksdb_readoptions_set_ignore_range_deletions(handle, rangeDeletions ? 0 : 1)
    }

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
