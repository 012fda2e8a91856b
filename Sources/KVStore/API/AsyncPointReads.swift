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
// read. So each read is a look at what is cached, with the key as it is, and what is done with what that told. `get` alone is
// compiled for the caller's key: a key of types spent 0.4 us where it was not.
extension AsyncPointReads {
    func copyIfCached(of key: RawSpan) throws -> CachedAnswer<[UInt8]?> {
        try Task.checkCancellation()
        if let value = try readIfCached(key, { (slice, _) in slice?.copy() }) { return .known(value) }
        return .unknown(key: Array(key))
    }

    @inline(__always)
    nonisolated(nonsending) func copy(_ cached: CachedAnswer<[UInt8]?>) async throws -> [UInt8]? {
        switch cached {
        case .known(let value): return value
        case .unknown(let key):
            return try await readThreads.run { try self.readAnywhere(key.span.bytes) { (slice, _) in slice?.copy() } }
        }
    }

    func existenceIfCached(of key: RawSpan) throws -> CachedAnswer<Bool> {
        try Task.checkCancellation()
        if let isThere = try readIfCached(key, { (slice, _) in slice != nil }) { return .known(isThere) }
        return .unknown(key: Array(key))
    }

    @inline(__always)
    nonisolated(nonsending) func existence(_ cached: CachedAnswer<Bool>) async throws -> Bool {
        switch cached {
        case .known(let isThere): return isThere
        case .unknown(let key):
            return try await readThreads.run { try self.readAnywhere(key.span.bytes) { (slice, _) in slice != nil } }
        }
    }

    func pinIfCached(_ key: RawSpan) throws -> CachedAnswer<HandedOver<PinnedValue>> {
        try Task.checkCancellation()
        if let value = try readIfCached(key, pinned) { return .known(value) }
        return .unknown(key: Array(key))
    }

    @inline(__always)
    nonisolated(nonsending) func pin(_ cached: CachedAnswer<HandedOver<PinnedValue>>) async throws -> PinnedValue? {
        switch cached {
        case .known(let value): return value.take()
        case .unknown(let key):
            return try await readThreads.run { try self.readAnywhere(key.span.bytes, pinned) }.take()
        }
    }
}

/// What memtable and cache tell of a key.
@usableFromInline
@frozen
enum CachedAnswer<Answer> {
    case known(Answer)
    /// Nothing; with a copy of the key, to look for it elsewhere.
    case unknown(key: [UInt8])
}

private func pinned(_ slice: consuming EngineSlice?, _ columnFamily: ColumnFamily) -> HandedOver<PinnedValue> {
    guard let slice else { return HandedOver(nil) }
    return HandedOver(PinnedValue(slice, columnFamily.hold))
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
            try columnFamily.withCached(key, columnFamily.latest, body)
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
            try columnFamily.withCached(key, try held(columnFamily).pointReads, body)
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
