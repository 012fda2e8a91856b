internal import CRocksDB

/// One of the engine's snapshots, released when the last reference goes: iterators look at it for as long as they live.
final class EngineSnapshot: @unchecked Sendable {  // immutable
    let columnFamily: ColumnFamily
    private let handle: OpaquePointer
    let pointReads: PointReadOptions
    /// Range deletions that come after the snapshot are none of its business.
    private let rangeDeletions: Bool
    /// As of when entries have expired; nil where none do.
    private let time: UInt64?

    init(_ columnFamily: ColumnFamily) throws(EngineFailure) {
        try columnFamily.database.handOn()
        self.columnFamily = columnFamily
        time = columnFamily.options.expiryHorizon?.beginSnapshot()
        handle = rocksdb_create_snapshot(columnFamily.database.engine)
        rangeDeletions = columnFamily.hasRangeDeletions
        pointReads = PointReadOptions(snapshot: handle, time: time, rangeDeletions: rangeDeletions)
    }

    deinit {
        if columnFamily.isInForkedChild { return }
        rocksdb_release_snapshot(columnFamily.database.engine, handle)
        if let time { columnFamily.options.expiryHorizon?.endSnapshot(time) }
    }

    /// Whether an entry has expired as of the snapshot.
    func hidesExpired(_ stored: UnsafeRawBufferPointer) -> Bool {
        columnFamily.format.hidesExpired(stored, at: time ?? 0)
    }

    /// The options of an iterator over a range; they keep the snapshot.
    func options(_ range: KeyRange, _ scan: ScanOptions) -> ReadOptions {
        func options(rangeDeletions: Bool, witness: RangeDeletionGuard.Options? = nil) -> ReadOptions {
            ReadOptions(
                range: range, scan: scan, snapshot: handle, time: time, rangeDeletions: rangeDeletions, keepAlive: self,
                witness: witness)
        }
        guard rangeDeletions else { return options(rangeDeletions: false) }
        if EngineFeatures.scansReportUnreadableBlocks { return options(rangeDeletions: true) }
        let scanned = options(rangeDeletions: false)
        return options(rangeDeletions: true, witness: RangeDeletionGuard.Options(scan: scanned, point: pointReads.any))
    }
}

/// A snapshot that is let go when its store is closed, whoever still refers to this.
final class HeldSnapshot: Sendable {
    private let lock = Lock(.innermost)
    nonisolated(unsafe) private var snapshot: EngineSnapshot?  // guarded by `lock`

    init(_ snapshot: EngineSnapshot) { self.snapshot = snapshot }

    /// The snapshot, if it is one of this column family and was not let go.
    func snapshot(of columnFamily: ColumnFamily) -> EngineSnapshot? {
        lock.withLock { snapshot?.columnFamily === columnFamily ? snapshot : nil }
    }

    func release() {
        // The last reference may close the database, which is not for the lock to wait for.
        let snapshot = lock.withLock { self.snapshot.take() }
        withExtendedLifetime(snapshot) {}
    }
}

/// The snapshots of a column family that are alive, so that closing a store can let them go.
final class LiveSnapshots: @unchecked Sendable {  // guarded by its lock
    private struct Reference { weak var snapshot: HeldSnapshot? }

    private let lock = Lock(.innermost)
    private var references: [Reference] = []

    func make(_ columnFamily: ColumnFamily) throws(EngineFailure) -> HeldSnapshot {
        let snapshot = HeldSnapshot(try EngineSnapshot(columnFamily))
        lock.withLock {
            // Forget the dead now and then, at a cost spread over the living.
            if references.count == references.capacity { references.removeAll { $0.snapshot == nil } }
            references.append(Reference(snapshot: snapshot))
        }
        return snapshot
    }

    func releaseAll() {
        let all = lock.withLock {
            defer { references = [] }
            return references
        }
        for reference in all { reference.snapshot?.release() }
    }
}
