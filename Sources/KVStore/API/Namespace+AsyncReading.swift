// The async forms never wait for the disk on a thread of Swift concurrency: what memtable and cache hold is read at
// once, the rest on a thread of our own.
extension Namespace {
    /// A copy of the value of a key, `nil` when there is none.
    ///
    /// Answered at once from memtable and cache; otherwise read on an I/O thread while the task is suspended. A task
    /// that is cancelled before the read begins throws `CancellationError`.
    ///
    /// - Throws: as the synchronous form.
    public func get(_ key: some Bytes & Sendable) async throws -> [UInt8]? {
        try await read(key) { slice in slice?.copy() }
    }

    /// Whether a key is there. Waits as ``get(_:)``.
    ///
    /// - Throws: as ``get(_:)``. A missing key is not an error.
    public func contains(_ key: some Bytes & Sendable) async throws -> Bool {
        try await read(key) { slice in slice != nil }
    }

    /// Calls `body` with the value of a key, not copied; `nil` when there is none. Waits as ``get(_:)``, and may then
    /// call `body` on an I/O thread.
    ///
    /// - Throws: what `body` throws, and as ``get(_:)``.
    public func withValue<Result: Sendable>(
        for key: some Bytes & Sendable, _ body: @escaping @Sendable (RawSpan) throws -> Result
    ) async throws -> Result? {
        // The closure is the caller's code and runs outside the gate, on a value that holds the database itself.
        switch try pinnedIfCached(key) {
        case .value(let value): return try value.withBytes(body)
        case .missing: return nil
        case nil: return try await store.threads.calls.run { try self.withValue(for: key, body) }
        }
    }

    /// Copies of the values of many keys, in the order of the keys; `nil` for each that is not there. Read on an I/O
    /// thread while the task is suspended.
    ///
    /// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before the read begins.
    public func getMany(_ keys: [some Bytes & Sendable]) async throws -> [[UInt8]?] {
        try await store.threads.calls.run { try self.getMany(keys) }
    }

    /// A point read: at once if it can be, else on an I/O thread.
    private func read<Result: Sendable>(
        _ key: some Bytes & Sendable, _ body: @escaping @Sendable (borrowing EngineSlice?) -> Result
    ) async throws -> Result {
        if let answer = try readIfCached(key, body) { return answer }
        return try await store.threads.calls.run {
            try key.withBytes { key in
                try self.slot.withColumnFamily(.get) { (columnFamily) throws(EngineFailure) in
                    body(try columnFamily.get(key))
                }
            }
        }
    }

    /// A point read of memtable and cache; nil when they do not tell.
    private func readIfCached<Result>(
        _ key: some Bytes, _ body: (borrowing EngineSlice?) -> Result
    ) throws(StoreError) -> Result? {
        try key.withBytes { (key) throws(StoreError) -> Result? in
            try slot.withColumnFamilyIfOpen(.get) { (columnFamily) throws(EngineFailure) -> Result? in
                do throws(EngineFailure) {
                    return body(try columnFamily.getCached(key))
                } catch {
                    guard error.code == .incomplete else { throw error }
                    return nil
                }
            }
        }
    }

    private func pinnedIfCached(_ key: some Bytes) throws(StoreError) -> PinnedRead? {
        try key.withBytes { (key) throws(StoreError) -> PinnedRead? in
            try slot.withColumnFamilyIfOpen(.get) { (columnFamily) throws(EngineFailure) -> PinnedRead? in
                do throws(EngineFailure) {
                    guard let slice = try columnFamily.getCached(key) else { return .missing }
                    return .value(PinnedValue(slice, columnFamily))
                } catch {
                    guard error.code == .incomplete else { throw error }
                    return nil
                }
            }
        }
    }
}

/// What a read that must not wait has found.
private enum PinnedRead: ~Copyable {
    case value(PinnedValue)
    case missing
}
