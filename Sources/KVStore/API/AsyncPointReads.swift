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

extension AsyncPointReads {
    /// What `body` makes of the value of a key.
    nonisolated(nonsending) func answer<Answer: Sendable>(
        _ key: borrowing some Bytes & ~Copyable & ~Escapable,
        _ body: @escaping @Sendable (consuming EngineSlice?, ColumnFamily) -> Answer
    ) async throws -> Answer {
        try Task.checkCancellation()
        let (answer, key) = try key.withBytes { (key) throws(StoreError) -> (Answer?, [UInt8]) in
            if let answer = try readIfCached(key, body) { return (answer, []) }
            return (nil, Array(key))
        }
        if let answer { return answer }
        return try await readThreads.run { try self.readAnywhere(key.span.bytes, body) }
    }

    /// The value of a key where the engine holds it.
    nonisolated(nonsending) func pin(
        _ key: borrowing some Bytes & ~Copyable & ~Escapable
    ) async throws -> PinnedValue? {
        try Task.checkCancellation()
        let found = try key.withBytes { (key) throws(StoreError) -> PinnedAnswer in
            if let value = try readIfCached(key, Self.pinned) { return .known(value) }
            return .unknown(key: Array(key))
        }
        switch consume found {
        case .known(let value): return value.take()
        case .unknown(let key):
            return try await readThreads.run { try self.readAnywhere(key.span.bytes, Self.pinned) }.take()
        }
    }

    private static var pinned: @Sendable (consuming EngineSlice?, ColumnFamily) -> HandedOver<PinnedValue> {
        { (slice, columnFamily) in
            guard let slice else { return HandedOver(nil) }
            return HandedOver(PinnedValue(slice, columnFamily))
        }
    }
}

/// What memtable and cache tell of a key.
private enum PinnedAnswer {
    case known(HandedOver<PinnedValue>)
    case unknown(key: [UInt8])
}

/// A value on its way from one thread to another, which can only be moved.
private final class HandedOver<Value: ~Copyable & Sendable>: @unchecked Sendable {  // one thread at a time has it
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
