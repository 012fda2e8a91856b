extension Namespace {
    /// A copy of the value of a key, `nil` when there is none.
    ///
    /// Answered at once from memtable and cache; otherwise the key is copied and read on an I/O thread while the task
    /// is suspended. A task that is cancelled before the read begins throws `CancellationError`.
    ///
    /// - Throws: as the synchronous form, and `CancellationError`.
    @inlinable
    public nonisolated(nonsending) func get(
        _ key: borrowing some Bytes & ~Copyable & ~Escapable
    ) async throws -> [UInt8]? {
        switch try key.withBytes({ try cachedCopy(of: $0) }) {
        case .known(let value): return value
        case .unknown(let key): return try await copyFromDisk(of: key)
        }
    }

    @usableFromInline
    func cachedCopy(of key: RawSpan) throws -> CachedAnswer<[UInt8]?> { try copyIfCached(of: key) }

    @usableFromInline
    nonisolated(nonsending) func copyFromDisk(of key: [UInt8]) async throws -> [UInt8]? {
        try await copy(.unknown(key: key))
    }

    /// Whether a key is there. Waits as ``get(_:)``.
    ///
    /// - Throws: as ``get(_:)``. A missing key is not an error.
    public nonisolated(nonsending) func contains(
        _ key: borrowing some Bytes & ~Copyable & ~Escapable
    ) async throws -> Bool {
        try await existence(key.withBytes { try existenceIfCached(of: $0) })
    }

    /// The value of a key in the engine's own memory, not copied; `nil` when there is none. Waits as ``get(_:)``.
    ///
    /// - Throws: as ``get(_:)``.
    public nonisolated(nonsending) func pinned(
        _ key: borrowing some Bytes & ~Copyable & ~Escapable
    ) async throws -> PinnedValue? {
        try await pin(key.withBytes { try pinIfCached($0) })
    }

    /// Calls `body` with the value of a key, not copied; `nil` when there is none. Waits as ``get(_:)``, and calls
    /// `body` where the caller runs.
    ///
    /// - Throws: what `body` throws, and as ``get(_:)``.
    public nonisolated(nonsending) func withValue<Result>(
        for key: borrowing some Bytes & ~Copyable & ~Escapable, _ body: (RawSpan) throws -> Result
    ) async throws -> Result? {
        // The closure is the caller's code and runs outside the gate, on a value that holds the database itself.
        guard let value = try await pinned(key) else { return nil }
        return try value.withBytes(body)
    }

    /// Copies of the values of many keys, in the order of the keys; `nil` for each that is not there. Read on an I/O
    /// thread while the task is suspended.
    ///
    /// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before the read begins.
    public nonisolated(nonsending) func getMany(_ keys: [some Bytes]) async throws -> [[UInt8]?] {
        let keys = KeyList(keys)
        return try await readThreads.run { try self.getMany(keys) }
    }

    /// The namespace as it is now. Taken at once where the namespace is open; else it is opened on an I/O thread while
    /// the task is suspended.
    ///
    /// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before it begins.
    public nonisolated(nonsending) func snapshot() async throws -> Snapshot {
        try await atOnceIfOpen(.snapshot) { (columnFamily) throws(EngineFailure) in
            Snapshot(try columnFamily.snapshots.make(columnFamily), self)
        }
    }

    /// Calls `body` with a cursor over a range of keys, all by default, on an I/O thread while the task is suspended.
    ///
    /// `body` keeps one of ``StoreConfiguration/callThreads`` for as long as it runs, which
    /// ``Readable/entries(_:reversed:limit:options:)`` does not.
    ///
    /// - Throws: what `body` throws, as ``cursor(_:options:)``, and `CancellationError` for a task that is cancelled
    ///   before it begins.
    public func withCursor<Result: Sendable>(
        _ range: KeyRange = .all, options: ScanOptions = ScanOptions(),
        _ body: @escaping @Sendable (inout Cursor) throws -> Result
    ) async throws -> Result {
        try await readThreads.run { try self.withCursor(range, options: options, body) }
    }

    /// Calls `body` with a cursor over a range of keys such as `"a"..<"b"`, on an I/O thread while the task is
    /// suspended.
    ///
    /// - Throws: as ``withCursor(_:options:_:)``.
    public nonisolated(nonsending) func withCursor<Result: Sendable>(
        _ range: some KeyRangeExpression, options: ScanOptions = ScanOptions(),
        _ body: @escaping @Sendable (inout Cursor) throws -> Result
    ) async throws -> Result {
        try await withCursor(range.keyRange, options: options, body)
    }

    /// Runs a call that reads no file: at once where the database is open and no commits have to be handed on first, else
    /// on a thread of our own.
    nonisolated(nonsending) func atOnceIfOpen<Answer: Sendable>(
        _ operation: StoreError.Operation, _ body: @escaping @Sendable (ColumnFamily) throws(EngineFailure) -> Answer
    ) async throws -> Answer {
        try Task.checkCancellation()
        let answer = try slot.withColumnFamilyIfOpen(operation) { (columnFamily) throws(EngineFailure) -> Answer? in
            columnFamily.database.isGathering ? nil : try body(columnFamily)
        }
        if let answer { return answer }
        return try await store.threads.calls.run { try self.slot.withColumnFamily(operation, body) }
    }
}
