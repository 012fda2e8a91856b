/// What the closure of ``Namespace/update(durability:_:)`` reads and writes.
///
/// Reads see the closure's own writes, over those of all updates before it, over all that was acknowledged before the
/// read, by whatever way it was written. The value cannot leave the closure: it is not copyable.
public struct Update: ~Copyable {
    private let queue: UpdateQueue
    private let keyspace: Keyspace
    private let namespace: Namespace
    var writes: BatchOverlay

    init(_ queue: UpdateQueue, _ keyspace: Keyspace, _ namespace: Namespace, _ writes: BatchOverlay) {
        self.queue = queue
        self.keyspace = keyspace
        self.namespace = namespace
        self.writes = writes
    }

    /// A copy of the value of a key, `nil` when there is none.
    ///
    /// - Throws: `.corruption` and `.ioError` when the data cannot be read; `.closed`. A missing key is not an error.
    public mutating func get(
        _ key: borrowing some Bytes & ~Copyable & ~Escapable
    ) throws(StoreError) -> [UInt8]? {
        try key.withBytes { (key) throws(StoreError) -> [UInt8]? in
            switch writes.lookup(key) {
            case .value(let value): return value
            case .deleted: return nil
            case .unknown: break
            }
            guard !keyspace.isClosed else {
                throw namespace.slot.context.error(keyspace.endingFailure, .update)
            }
            do throws(EngineFailure) {
                return try queue.lookup(key, keyspace)
            } catch {
                throw namespace.slot.context.error(error, .get)
            }
        }
    }

    /// Whether a key is there.
    ///
    /// - Throws: as ``get(_:)``.
    public mutating func contains(_ key: borrowing some Bytes & ~Copyable & ~Escapable) throws(StoreError) -> Bool {
        try get(key) != nil
    }

    /// Sets the value of a key, when the closure has returned and the group it belongs to is committed.
    public mutating func put(
        _ key: borrowing some Bytes & ~Copyable & ~Escapable, _ value: borrowing some Bytes & ~Copyable & ~Escapable
    ) {
        key.withBytes { key in
            value.withBytes { value in writes.put(key, value) }
        }
    }

    /// Deletes a key, when the closure has returned and the group it belongs to is committed.
    public mutating func delete(_ key: borrowing some Bytes & ~Copyable & ~Escapable) {
        key.withBytes { writes.delete($0) }
    }
}
