internal import Glibc

/// What the closure of ``Namespace/transaction(durability:maxAttempts:_:)`` reads and writes.
///
/// Reads see the namespace as it was when the attempt began, with the transaction's own writes over it; what expires
/// meanwhile stays to be seen. Code written for ``Readable`` reads it too. Writes are kept in memory until the closure
/// has returned.
///
/// ``Namespace/reopen()`` waits for it, a few seconds, and throws `.alreadyOpen` if it does not end. It ends with its
/// closure: kept beyond that, it holds nothing, and every call throws `.invalidArgument`. A ``Cursor`` shows the writes
/// that were made before it was; one that is kept goes on reading what it read, and holds the database as any other
/// does.
public final class Transaction {
    /// What is read, and with it the database; nil when the transaction is over.
    private var snapshot: EngineSnapshot?
    private let namespace: Namespace
    private var writes = BatchOverlay()
    private var isEnded = false
    /// What the outcome depends on: keys that were looked up in the database, and stretches that cursors went over.
    private var keysRead: Set<[UInt8]> = []
    private var rangesRead: [ReadSpan] = []
    /// What the database was at, before the snapshot was taken.
    private let start: ColumnFamily.State

    /// The thread that the closure runs on; zero when it runs on many.
    private let thread: UInt

    /// - Parameter thread: the thread that the closure runs on; zero when it runs on many.
    init(_ columnFamily: ColumnFamily, _ namespace: Namespace, thread: UInt = UInt(pthread_self())) throws(StoreError) {
        self.namespace = namespace
        self.thread = thread
        start = columnFamily.state
        do throws(EngineFailure) {
            snapshot = try EngineSnapshot(columnFamily)
        } catch {
            throw namespace.slot.context.error(error, .transaction)
        }
        columnFamily.uses.begin(.transaction, on: thread)
    }

    /// Appends the writes of a batch.
    func append(_ batch: WriteBatch) throws(StoreError) {
        try checkInScope()
        writes.append(batch)
        try checkLastWrite()
    }

    /// Throws if the last write was refused, and forgets that: it is the caller's to decide what that means.
    private func checkLastWrite() throws(StoreError) {
        guard let violation = writes.takeViolation() else { return }
        throw namespace.error(.invalidArgument, .transaction, violation + "; this call wrote nothing")
    }

    private func checkInScope() throws(StoreError) {
        if isEnded { throw ended }
    }

    private var ended: StoreError { Self.ended(namespace) }

    static func ended(_ namespace: Namespace) -> StoreError {
        namespace.error(.invalidArgument, .transaction, "the transaction has ended; use it only within its closure")
    }

    /// Runs a read of the database as it was at the start.
    private func read<Result: ~Copyable>(
        _ operation: StoreError.Operation, _ body: (EngineSnapshot) throws(EngineFailure) -> Result
    ) throws(StoreError) -> Result {
        guard let snapshot, !isEnded else { throw ended }
        do throws(EngineFailure) {
            guard !snapshot.columnFamily.isClosed else { throw snapshot.columnFamily.endingFailure }
            return try body(snapshot)
        } catch {
            throw namespace.slot.context.error(error, operation)
        }
    }

    /// Whether it deletes ranges, which the namespace must know before the commit.
    var deletesRanges: Bool { writes.batch.deletesRanges }

    /// Whether it wrote nothing: what it read was true at its start, and there is nothing to commit.
    var isReadOnly: Bool { writes.isEmpty }

    /// To be called when the closure is over, however it ended.
    func end() { isEnded = true }

    /// Lets go of the snapshot, the database and all that was noted; cursors that are still there keep what they read.
    func release() {
        snapshot?.columnFamily.uses.end(.transaction, on: thread)
        snapshot = nil
        writes = BatchOverlay()
        keysRead = []
        rangesRead = []
    }

    /// Commits the writes if nothing that was read has changed since the start.
    ///
    /// Called while no update of the namespace runs or commits. A commit that is to be synced is not so yet: that is
    /// left for later, when it holds nobody up.
    ///
    /// - Returns: the sequence number; nil for a conflict.
    func commit(_ durability: Durability) throws(EngineFailure) -> UInt64? {
        guard let snapshot else { return nil }
        let columnFamily = snapshot.columnFamily
        columnFamily.lockOutWrites()
        defer { columnFamily.letWritesIn() }
        // What was read may also have expired, without any commit.
        if columnFamily.format.expires || !start.isCurrent(of: columnFamily) {
            guard try isUnchanged(since: snapshot) else { return nil }
        }
        return try columnFamily.writeAlone(writes.batch, durability == .synced ? .buffered : durability, isLocked: true)
    }

    private func isUnchanged(since snapshot: EngineSnapshot) throws(EngineFailure) -> Bool {
        guard !keysRead.isEmpty || !rangesRead.isEmpty else { return true }
        let columnFamily = snapshot.columnFamily
        // By a snapshot too: its iterators have a witness where there are range deletions, so that none ends early, and
        // what expires does so at one moment.
        let now = try EngineSnapshot(columnFamily)
        for key in keysRead {
            guard try columnFamily.hasSameValue(key, now, snapshot) else { return false }
        }
        for range in rangesRead {
            guard let stretch = range.stretch else { continue }
            guard try columnFamily.hasSameEntries(stretch, now, snapshot) else { return false }
        }
        return true
    }
}

extension Transaction: Writable {
    public typealias WriteFailure = StoreError

    /// Sets the value of a key, when the closure has returned and the transaction is committed.
    ///
    /// - Throws: `.invalidArgument` for a key or value over the ``Limits``, and when the transaction has ended. A call
    ///   that throws writes nothing; the transaction goes on, and what is written before and after it counts.
    public func put(
        _ key: borrowing some Bytes & ~Copyable & ~Escapable, _ value: borrowing some Bytes & ~Copyable & ~Escapable
    ) throws(StoreError) {
        try checkInScope()
        key.withBytes { key in
            value.withBytes { value in writes.put(key, value) }
        }
        try checkLastWrite()
    }

    /// Sets the value of a key for a time that counts from the commit: see
    /// ``Namespace/put(_:_:expiresAfter:durability:)``. Reads of the same transaction see it all the same.
    ///
    /// - Throws: as ``put(_:_:)``; `.invalidArgument` also for a time below 1 ms, and in a namespace whose entries do not
    ///   expire.
    public func put(
        _ key: borrowing some Bytes & ~Copyable & ~Escapable, _ value: borrowing some Bytes & ~Copyable & ~Escapable,
        expiresAfter time: Duration
    ) throws(StoreError) {
        try checkInScope()
        try namespace.checkExpires(.transaction)
        key.withBytes { key in
            value.withBytes { value in writes.put(key, value, expiresAfter: time) }
        }
        try checkLastWrite()
    }

    /// Combines a value with what a key holds when the transaction is committed, see
    /// ``Namespace/merge(_:_:durability:)``: whoever writes the key meanwhile, it conflicts with nothing. A ``get(_:)``
    /// of the key in the same transaction combines what it reads, and may conflict.
    ///
    /// - Throws: as ``put(_:_:)``; `.invalidArgument` also in a namespace without a merge operator, and for an operand
    ///   that its operator does not take.
    public func merge(
        _ key: borrowing some Bytes & ~Copyable & ~Escapable, _ operand: borrowing some Bytes & ~Copyable & ~Escapable
    ) throws(StoreError) {
        try checkInScope()
        try operand.withBytes { (operand) throws(StoreError) in
            try namespace.checkMerge(of: operand, .transaction)
            key.withBytes { key in writes.merge(key, operand) }
        }
        try checkLastWrite()
    }

    /// Deletes a key, when the closure has returned and the transaction is committed. That it is not there is no error.
    ///
    /// - Throws: as ``put(_:_:)``.
    public func delete(_ key: borrowing some Bytes & ~Copyable & ~Escapable) throws(StoreError) {
        try checkInScope()
        key.withBytes { writes.delete($0) }
        try checkLastWrite()
    }

    /// Deletes every key of a range when the transaction is committed: whatever it holds then, it conflicts with
    /// nothing.
    ///
    /// - Throws: as ``put(_:_:)``; `.invalidArgument` also for a range without an upper bound.
    public func deleteRange(_ range: KeyRange) throws(StoreError) {
        try checkInScope()
        writes.deleteRange(range)
        try checkLastWrite()
    }
}

extension Transaction: Readable {
    public func get(_ key: borrowing some Bytes & ~Copyable & ~Escapable) throws(StoreError) -> [UInt8]? {
        try checkInScope()
        return try key.withBytes { (key) throws(StoreError) -> [UInt8]? in
            switch writes.state(of: key) {
            case .value(let value): return value
            case .deleted: return nil
            case .unknown: return try valueBelow(key)
            case .merged(let merged): return try value(key, merged)
            }
        }
    }

    /// The value of a key, not copied unless it is the transaction's own write; `nil` when there is none.
    ///
    /// - Throws: as ``get(_:)``; `.invalidArgument` when the transaction has ended.
    public func pinned(_ key: borrowing some Bytes & ~Copyable & ~Escapable) throws(StoreError) -> PinnedValue? {
        try checkInScope()
        return try key.withBytes { (key) throws(StoreError) -> PinnedValue? in
            switch writes.state(of: key) {
            case .value(let value): return PinnedValue(copying: value)
            case .deleted: return nil
            case .unknown: break
            case .merged(let merged): return PinnedValue(copying: try value(key, merged))
            }
            keysRead.insert(Array(key))
            return try read(.get) { (snapshot) throws(EngineFailure) -> PinnedValue? in
                let hold = snapshot.columnFamily.hold
                guard let slice = try snapshot.columnFamily.get(key, snapshot.pointReads.any) else { return nil }
                return PinnedValue(slice, hold)
            }
        }
    }

    /// What the database held at the start.
    private func valueBelow(_ key: RawSpan) throws(StoreError) -> [UInt8]? {
        keysRead.insert(Array(key))
        return try read(.get) { (snapshot) throws(EngineFailure) in
            try snapshot.columnFamily.get(key, snapshot.pointReads.any)?.copy()
        }
    }

    private func value(_ key: RawSpan, _ merged: KeyState.Merged) throws(StoreError) -> [UInt8] {
        let base = try merged.value { () throws(StoreError) in try valueBelow(key) }
        return try read(.get) { (snapshot) throws(EngineFailure) in
            try snapshot.columnFamily.format.combine(base, merged.operands)
        }
    }

    public func getMany(_ keys: [some Bytes]) throws(StoreError) -> [[UInt8]?] {
        var values: [[UInt8]?] = []
        values.reserveCapacity(keys.count)
        for key in keys { values.append(try get(key)) }
        return values
    }

    public func cursor(_ range: KeyRange, options: ScanOptions) throws(StoreError) -> Cursor {
        try checkInScope()
        try namespace.check(options)
        let read = ReadSpan(range)
        rangesRead.append(read)
        return try self.read(.cursor) { (snapshot) throws(EngineFailure) in
            Cursor(
                EngineIterator(snapshot.columnFamily, snapshot.options(range, options)), range, namespace.slot.context,
                limit: options.limit, overlay: writes.isEmpty ? nil : OverlayCursor(writes.writes(in: range)),
                read: read
            )
        }
    }
}

@available(*, unavailable, message: "a transaction is used on the thread that its closure runs on")
extension Transaction: Sendable {}
