/// What tasks read by key: a namespace as it is now, or as a snapshot has it.
///
/// A read never waits for the disk on a thread of Swift concurrency: what memtable and cache hold is answered at once,
/// for the rest the key is copied and the read done on a thread of our own. So the key may be anything that is there
/// until the call returns, a span too.
protocol AsyncPointReads: Sendable {
    /// What reads wait on.
    var readThreads: IOPool { get }

    /// Runs `body` with the value of a key as memtable and cache have it; nil when they do not tell, or the database is
    /// not open.
    func readIfCached<Answer: ~Copyable>(
        _ key: RawSpan, _ body: (consuming EngineSlice?, ColumnFamily) -> Answer
    ) throws(StoreError) -> Answer?

    /// Runs `body` with the value of a key, wherever it is.
    func readAnywhere<Answer: ~Copyable>(
        _ key: RawSpan, _ body: (consuming EngineSlice?, ColumnFamily) -> Answer
    ) throws(StoreError) -> Answer
}

// Of one type of answer each, and not generic over the key: what was generic over both took 2,900 instructions more a
// read.
extension AsyncPointReads {
    func copyIfCached(of key: RawSpan) throws(StoreError) -> CachedAnswer<[UInt8]?> {
        if let value = try readIfCached(key, { (slice, _) in slice?.copy() }) { return .known(value) }
        return .unknown(key: Array(key))
    }

    func existenceIfCached(of key: RawSpan) throws(StoreError) -> CachedAnswer<Bool> {
        if let isThere = try readIfCached(key, { (slice, _) in slice != nil }) { return .known(isThere) }
        return .unknown(key: Array(key))
    }

    func pinIfCached(_ key: RawSpan) throws(StoreError) -> CachedAnswer<HandedOver<PinnedValue>> {
        if let value = try readIfCached(key, pinned) { return .known(value) }
        return .unknown(key: Array(key))
    }

    nonisolated(nonsending) func copyFromAnywhere(of key: [UInt8]) async throws -> [UInt8]? {
        try await readThreads.run { try self.readAnywhere(key.span.bytes) { (slice, _) in slice?.copy() } }
    }

    nonisolated(nonsending) func existenceFromAnywhere(of key: [UInt8]) async throws -> Bool {
        try await readThreads.run { try self.readAnywhere(key.span.bytes) { (slice, _) in slice != nil } }
    }

    nonisolated(nonsending) func pinFromAnywhere(_ key: [UInt8]) async throws -> PinnedValue? {
        try await readThreads.run { try self.readAnywhere(key.span.bytes, pinned) }.take()
    }
}

/// What memtable and cache tell of a key.
enum CachedAnswer<Answer> {
    case known(Answer)
    /// Nothing; with a copy of the key, to look for it elsewhere.
    case unknown(key: [UInt8])
}

private func pinned(_ slice: consuming EngineSlice?, _ columnFamily: ColumnFamily) -> HandedOver<PinnedValue> {
    guard let slice else { return HandedOver(nil) }
    return HandedOver(PinnedValue(slice, columnFamily))
}

/// A value on its way from one thread to another, which can only be moved.
final class HandedOver<Value: ~Copyable & Sendable>: @unchecked Sendable {  // one thread at a time has it
    private var value: Value?

    init(_ value: consuming Value?) { self.value = value }

    func take() -> Value? { value.take() }
}

extension Namespace: AsyncPointReads {
    var readThreads: IOPool { store.threads.calls }

    func readIfCached<Answer: ~Copyable>(
        _ key: RawSpan, _ body: (consuming EngineSlice?, ColumnFamily) -> Answer
    ) throws(StoreError) -> Answer? {
        try slot.withColumnFamilyIfOpen(.get) { (columnFamily) throws(EngineFailure) -> Answer? in
            do throws(EngineFailure) {
                return body(try columnFamily.getCached(key, columnFamily.latest), columnFamily)
            } catch {
                guard error.code == .incomplete else { throw error }
                return nil
            }
        }
    }

    func readAnywhere<Answer: ~Copyable>(
        _ key: RawSpan, _ body: (consuming EngineSlice?, ColumnFamily) -> Answer
    ) throws(StoreError) -> Answer {
        try slot.withColumnFamily(.get) { (columnFamily) throws(EngineFailure) in
            body(try columnFamily.get(key), columnFamily)
        }
    }
}

extension Snapshot: AsyncPointReads {
    var readThreads: IOPool { namespace.store.threads.calls }

    func readIfCached<Answer: ~Copyable>(
        _ key: RawSpan, _ body: (consuming EngineSlice?, ColumnFamily) -> Answer
    ) throws(StoreError) -> Answer? {
        try namespace.slot.withColumnFamilyIfOpen(.get) { (columnFamily) throws(EngineFailure) -> Answer? in
            do throws(EngineFailure) {
                return body(try columnFamily.getCached(key, try held(columnFamily).pointReads), columnFamily)
            } catch {
                guard error.code == .incomplete else { throw error }
                return nil
            }
        }
    }

    func readAnywhere<Answer: ~Copyable>(
        _ key: RawSpan, _ body: (consuming EngineSlice?, ColumnFamily) -> Answer
    ) throws(StoreError) -> Answer {
        try read(.get) { (columnFamily, snapshot) throws(EngineFailure) in
            body(try columnFamily.get(key, snapshot.pointReads.any), columnFamily)
        }
    }
}
