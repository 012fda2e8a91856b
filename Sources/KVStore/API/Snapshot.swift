/// A namespace as it was at one moment.
///
/// Reads see every commit that was acknowledged before the snapshot was taken and none that began after; an entry that
/// had not expired then stays to be seen. Released when
/// the last reference to it goes and the last cursor that was made of it, and when the store is closed, after which
/// reads throw `.closed`. Any number of threads may use it.
public final class Snapshot: Sendable {
    private let snapshot: HeldSnapshot
    let namespace: Namespace

    init(_ snapshot: HeldSnapshot, _ namespace: Namespace) {
        self.snapshot = snapshot
        self.namespace = namespace
    }

    /// Runs a read, unless the snapshot was released.
    func read<Result: ~Copyable>(
        _ operation: StoreError.Operation, _ body: (ColumnFamily, EngineSnapshot) throws(EngineFailure) -> Result
    ) throws(StoreError) -> Result {
        try namespace.slot.withColumnFamily(operation) { (columnFamily) throws(EngineFailure) -> Result in
            try body(columnFamily, try held(columnFamily))
        }
    }

    /// The engine's snapshot, unless it was released.
    func held(_ columnFamily: ColumnFamily) throws(EngineFailure) -> EngineSnapshot {
        guard let snapshot = snapshot.snapshot(of: columnFamily) else {
            throw .refused(.closed, "the database that the snapshot was taken of was closed or reopened")
        }
        return snapshot
    }
}

extension Snapshot: Readable {
    public func get(_ key: borrowing some Bytes & ~Copyable & ~Escapable) throws(StoreError) -> [UInt8]? {
        try key.withBytes { (key) throws(StoreError) in
            try read(.get) { (columnFamily, snapshot) throws(EngineFailure) in
                try columnFamily.get(key, snapshot.pointReads.any)?.copy()
            }
        }
    }

    public func pinned(_ key: borrowing some Bytes & ~Copyable & ~Escapable) throws(StoreError) -> PinnedValue? {
        try key.withBytes { (key) throws(StoreError) in
            try read(.get) { (columnFamily, snapshot) throws(EngineFailure) -> PinnedValue? in
                let hold = columnFamily.hold
                guard let slice = try columnFamily.get(key, snapshot.pointReads.any) else { return nil }
                return PinnedValue(slice, hold)
            }
        }
    }

    public func getMany(_ keys: [some Bytes]) throws(StoreError) -> [[UInt8]?] { try getMany(KeyList(keys)) }

    func getMany(_ keys: KeyList) throws(StoreError) -> [[UInt8]?] {
        try read(.getMany) { (columnFamily, snapshot) throws(EngineFailure) in
            try keys.get(columnFamily, snapshot.pointReads.any)
        }
    }

    @available(*, noasync, message: "it may wait for the disk; in async code, use entries or withCursor")
    public func cursor(_ range: KeyRange, options: ScanOptions) throws(StoreError) -> Cursor {
        try namespace.check(options)
        return try read(.cursor) { (columnFamily, snapshot) throws(EngineFailure) in
            Cursor(
                EngineIterator(columnFamily, snapshot.options(range, options)), range, namespace.slot.context,
                limit: options.limit)
        }
    }
}
