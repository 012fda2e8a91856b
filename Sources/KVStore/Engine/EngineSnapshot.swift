internal import CRocksDB

/// One of the engine's snapshots, released when the last reference goes or when its store is closed.
final class EngineSnapshot: @unchecked Sendable {  // immutable but for `keyspace`, which its lock guards
    private let lock = Lock()
    private var keyspace: Keyspace?
    private let handle: OpaquePointer
    let pointReads: PointReadOptions
    /// Range deletions that come after the snapshot are none of its business.
    private let rangeDeletions: Bool

    init(_ keyspace: Keyspace) {
        self.keyspace = keyspace
        handle = rocksdb_create_snapshot(keyspace.database.handle)
        rangeDeletions = keyspace.hasRangeDeletions
        pointReads = PointReadOptions(snapshot: handle, rangeDeletions: rangeDeletions)
    }

    deinit { release() }

    /// The options of a read within a range.
    func options(_ range: KeyRange, _ scan: ScanOptions) -> ReadOptions {
        ReadOptions(range: range, scan: scan, snapshot: handle, rangeDeletions: rangeDeletions)
    }

    func reads(_ keyspace: Keyspace) -> Bool { lock.withLock { self.keyspace === keyspace } }

    /// Lets the database go. Reads through the snapshot must be over: the store sees to that when it closes.
    func release() {
        let keyspace = lock.withLock {
            defer { self.keyspace = nil }
            return self.keyspace
        }
        if let keyspace { rocksdb_release_snapshot(keyspace.database.handle, handle) }
    }
}

/// The snapshots of a keyspace that are alive, so that closing a store can let them go.
final class LiveSnapshots: @unchecked Sendable {  // guarded by its lock
    private struct Reference { weak var snapshot: EngineSnapshot? }

    private let lock = Lock()
    private var references: [Reference] = []

    func make(_ keyspace: Keyspace) -> EngineSnapshot {
        let snapshot = EngineSnapshot(keyspace)
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
