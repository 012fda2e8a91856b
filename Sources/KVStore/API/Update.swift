/// What the closure of ``Namespace/update(durability:_:)`` reads and writes.
///
/// Reads see the closure's own writes, over those of all updates before it, over all that was acknowledged before the
/// read, by whatever way it was written. The value cannot leave the closure: it is not copyable.
public struct Update: ~Copyable {
    private let queue: UpdateQueue
    private let target: NamespaceUpdates
    private var writes: BatchOverlay

    /// Runs `body` with an update that adds to `writes`.
    static func run<Result>(
        _ queue: UpdateQueue, _ target: NamespaceUpdates, _ writes: inout BatchOverlay,
        _ body: (inout Update) throws -> Result
    ) throws -> Result {
        var update = Update(queue: queue, target: target, writes: writes.take())
        defer { writes = update.writes }
        return try body(&update)
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
            guard !target.columnFamily.isClosed else {
                throw target.slot.context.error(target.columnFamily.endingFailure, .update)
            }
            return try queue.lookup(key, in: target)
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

    /// Appends the writes of a batch.
    mutating func append(_ batch: WriteBatch) { writes.append(batch) }
}
