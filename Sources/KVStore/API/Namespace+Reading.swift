extension Namespace: Readable {
    @inlinable
    public func get(_ key: borrowing some Bytes & ~Copyable & ~Escapable) throws(StoreError) -> [UInt8]? {
        try key.withBytes { (key) throws(StoreError) in try copyOfValue(for: key) }
    }

    @inlinable
    public func pinned(_ key: borrowing some Bytes & ~Copyable & ~Escapable) throws(StoreError) -> PinnedValue? {
        try key.withBytes { (key) throws(StoreError) in try pinnedValue(for: key) }
    }

    /// Calls `body` with the value of a key, not copied; `nil` when there is none.
    ///
    /// - Throws: what `body` throws, and as ``get(_:)``.
    @inlinable
    public func withValue<Result>(
        for key: borrowing some Bytes & ~Copyable & ~Escapable, _ body: (RawSpan) throws -> Result
    ) throws -> Result? {
        try key.withBytes { key in
            var result: Result?
            try showValue(for: key) { result = try body($0) }
            return result
        }
    }

    public func getMany(_ keys: [some Bytes]) throws(StoreError) -> [[UInt8]?] { try getMany(KeyList(keys)) }

    func getMany(_ keys: KeyList) throws(StoreError) -> [[UInt8]?] {
        try slot.withColumnFamily(.getMany) { (columnFamily) throws(EngineFailure) in
            try keys.get(columnFamily, columnFamily.latest.any)
        }
    }

    @available(*, noasync, message: "it may wait for the disk; in async code, use entries or withCursor")
    public func cursor(_ range: KeyRange, options: ScanOptions) throws(StoreError) -> Cursor {
        try check(options)
        return try slot.withColumnFamily(.cursor) { (columnFamily) throws(EngineFailure) in
            Cursor(
                try EngineIterator(columnFamily, latest: range, options), range, slot.context, limit: options.limit)
        }
    }

    func check(_ options: ScanOptions) throws(StoreError) {
        if let violation = options.violation { throw error(.invalidArgument, .cursor, violation) }
    }

    /// The namespace as it is now: reads through the snapshot see no later write.
    ///
    /// Cheap to take. While it is alive, the engine keeps what it needs of overwritten and deleted entries, on disk
    /// too, and the namespace's database stays open. RocksDB: `GetSnapshot`.
    ///
    /// - Throws: `.closed`; `.namespaceNotFound` when it was dropped; `.ioError` when it cannot be opened.
    public func snapshot() throws(StoreError) -> Snapshot {
        try slot.withColumnFamily(.snapshot) { (columnFamily) throws(EngineFailure) in
            Snapshot(try columnFamily.snapshots.make(columnFamily), self)
        }
    }
}

// What every read of one key comes down to. The generic forms are inlined into their callers, where the type of the key
// is known, and these are not generic.
extension Namespace {
    @usableFromInline
    func copyOfValue(for key: RawSpan) throws(StoreError) -> [UInt8]? {
        try slot.withColumnFamily(.get) { (columnFamily) throws(EngineFailure) in try columnFamily.get(key)?.copy() }
    }

    @usableFromInline
    func pinnedValue(for key: RawSpan) throws(StoreError) -> PinnedValue? {
        try slot.withColumnFamily(.get) { (columnFamily) throws(EngineFailure) in
            let hold = columnFamily.hold
            guard let slice = try columnFamily.get(key) else { return nil }
            return PinnedValue(slice, hold)
        }
    }

    @usableFromInline
    func showValue(for key: RawSpan, _ body: (RawSpan) throws -> Void) throws {
        guard let value = try pinnedValue(for: key) else { return }
        try value.withBytes(body)
    }
}
