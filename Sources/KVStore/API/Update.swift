/// What the closure of ``Namespace/update(durability:_:)`` reads and writes.
///
/// Reads see the closure's own writes, over those of all updates before it, over all that was acknowledged before the
/// read, by whatever way it was written. The value cannot leave the closure: it is not copyable.
///
/// No write throws. One that cannot be committed (over the ``Limits``, a merge that the namespace does not take, a
/// range without an upper bound) makes the update throw `.invalidArgument` when the closure has returned, and nothing
/// of it is written.
public struct Update: ~Copyable {
    let queue: UpdateQueue
    let target: NamespaceUpdates
    var writes: BatchOverlay

    /// Runs `body` with an update that adds to `writes`.
    static func run<Result>(
        _ queue: UpdateQueue, _ target: NamespaceUpdates, _ writes: inout BatchOverlay,
        _ body: (inout Update) throws -> Result
    ) throws -> Result {
        var update = Update(queue: queue, target: target, writes: writes.take())
        defer { swap(&writes, &update.writes) }
        return try body(&update)
    }

    /// A copy of the value of a key, `nil` when there is none.
    ///
    /// - Throws: `.corruption` and `.ioError` when the data cannot be read, `.corruption` also when what the closure
    ///   merged cannot be combined, and `.invalidArgument` when the namespace does not take it; `.closed`. A missing
    ///   key is not an error.
    public mutating func get(
        _ key: borrowing some Bytes & ~Copyable & ~Escapable
    ) throws(StoreError) -> [UInt8]? {
        try key.withBytes { (key) throws(StoreError) -> [UInt8]? in
            switch writes.state(of: key) {
            case .value(let value): return value
            case .deleted: return nil
            case .unknown: return try valueBelow(key)
            case .merged(let merged): return try value(key, merged)
            }
        }
    }

    private func valueBelow(_ key: RawSpan) throws(StoreError) -> [UInt8]? {
        guard !target.columnFamily.isClosed else {
            throw target.slot.context.error(target.columnFamily.endingFailure, .update)
        }
        return try queue.lookup(key, in: target)
    }

    private func value(_ key: RawSpan, _ merged: KeyState.Merged) throws(StoreError) -> [UInt8] {
        let base = try merged.value { () throws(StoreError) in try valueBelow(key) }
        return try target.combine(base, merged.operands)
    }

    /// Whether a key is there.
    ///
    /// - Throws: as ``get(_:)``.
    public mutating func contains(_ key: borrowing some Bytes & ~Copyable & ~Escapable) throws(StoreError) -> Bool {
        try get(key) != nil
    }
}

extension Update: Writable {
    public typealias WriteFailure = Never

    /// Sets the value of a key, when the closure has returned and the group it belongs to is committed.
    public mutating func put(
        _ key: borrowing some Bytes & ~Copyable & ~Escapable, _ value: borrowing some Bytes & ~Copyable & ~Escapable
    ) {
        key.withBytes { key in
            value.withBytes { value in writes.put(key, value) }
        }
    }

    /// Sets the value of a key for a time that counts from the commit: see
    /// ``Namespace/put(_:_:expiresAfter:durability:)``. Reads of the same closure see it all the same.
    public mutating func put(
        _ key: borrowing some Bytes & ~Copyable & ~Escapable, _ value: borrowing some Bytes & ~Copyable & ~Escapable,
        expiresAfter time: Duration
    ) {
        key.withBytes { key in
            value.withBytes { value in writes.put(key, value, expiresAfter: time) }
        }
    }

    /// Combines a value with what a key holds: see ``Namespace/merge(_:_:durability:)``. A ``get(_:)`` of the key in
    /// the same closure combines what it reads.
    public mutating func merge(
        _ key: borrowing some Bytes & ~Copyable & ~Escapable, _ operand: borrowing some Bytes & ~Copyable & ~Escapable
    ) {
        key.withBytes { key in
            operand.withBytes { operand in writes.merge(key, operand) }
        }
    }

    /// Deletes a key, when the closure has returned and the group it belongs to is committed.
    public mutating func delete(_ key: borrowing some Bytes & ~Copyable & ~Escapable) {
        key.withBytes { writes.delete($0) }
    }

    /// Deletes every key of a range, which needs an upper bound: whatever it holds when the group is committed, plain
    /// writes of the meantime too.
    ///
    /// The first deletion of a range in a namespace is noted on disk when the closure has returned, and other calls
    /// wait meanwhile; reads cost a little more from then on.
    public mutating func deleteRange(_ range: KeyRange) { writes.deleteRange(range) }

    /// Appends the writes of a batch.
    mutating func append(_ batch: WriteBatch) { writes.append(batch) }
}
