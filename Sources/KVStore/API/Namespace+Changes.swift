extension Namespace {
    /// The commits after a sequence number, in their order, and those to come: reads the write-ahead log, and waits at
    /// its end.
    ///
    /// ```swift
    /// for try await change in orders.changes(since: checkpoint) {
    ///     for write in change.writes { ... }
    ///     checkpoint = change.sequence
    /// }
    /// ```
    ///
    /// Ends only with an error, with the task's cancellation (`CancellationError`), or when the loop is left. A new
    /// commit arrives at most about 10 ms after it was acknowledged, whatever its durability: what a power cut takes
    /// may have been seen here. Reading is done on I/O threads. A reader that has caught up costs a look at the
    /// sequence number every 10 ms; one that goes on reads the log again from the start of its current file, once.
    ///
    /// The log is kept for as long as the memtables need it and, beyond that, as the namespace asks for with
    /// ``NamespaceOptions/changes``: without, a reader that falls behind a flush, or goes on after the namespace was closed
    /// and opened again, finds a gap. (``Tuning/walRetention`` keeps it too, without names for those who read.) A
    /// ``ChangeConsumer`` keeps its place in the store. What went past the log, `.unlogged` commits and
    /// ``ingest(_:)`` of whatever it may be, is a gap too; in a store with the layout ``StoreLayout/singleDatabase``
    /// also that of the other namespaces, which share the log. To begin anew after a gap, read ``latestSequence()``, then
    /// the entries, then the changes since that number.
    ///
    /// Like a cursor, a loop that is under way keeps the database open: ``reopen()`` throws `.alreadyOpen`, or waits
    /// for one that waits for commits and notices within 10 ms; until then a store that was closed cannot be opened
    /// again. RocksDB: `GetUpdatesSince`.
    ///
    /// - Parameter sequence: what is known already, such as ``Change/sequence`` of the last change or
    ///   ``CommitReceipt/sequence``; zero for all that the log has from the first commit on.
    /// - Returns: a sequence that throws `.changesMissing` when commits after `sequence` are no longer in the log or
    ///   never were, with the oldest that is as ``StoreError/oldestChange``; `.invalidArgument` when the namespace has not come to `sequence`;
    ///   `.corruption`, `.ioError`, `.closed`.
    public func changes(since sequence: UInt64) -> Changes { Changes(namespace: self, since: sequence) }

    /// The sequence number of the last commit; each write in a batch takes one number, and zero is before the first.
    ///
    /// In a store with the layout ``StoreLayout/singleDatabase`` of the last commit to any namespace: they share the
    /// numbers, and each sees its own commits only.
    ///
    /// - Throws: `.closed`, and `.ioError` when the namespace cannot be opened.
    public func latestSequence() throws(StoreError) -> UInt64 {
        try slot.withColumnFamily(.changes) { (columnFamily) throws(EngineFailure) in
            columnFamily.database.latestSequence
        }
    }

    /// The sequence number of the last commit. Told at once where the namespace is open; else it is opened on an I/O
    /// thread while the task is suspended.
    ///
    /// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before it begins.
    public nonisolated(nonsending) func latestSequence() async throws -> UInt64 {
        try await atOnceIfOpen(.changes) { (columnFamily) throws(EngineFailure) in
            columnFamily.database.latestSequence
        }
    }
}

/// The commits of a namespace, in order: see ``Namespace/changes(since:)``.
///
/// Each loop over it reads for itself, from the same start, or from where the ``ChangeConsumer`` is when it begins.
public struct Changes: AsyncSequence, Sendable {
    private let begin: @Sendable () -> ChangeReader

    init(namespace: Namespace, since sequence: UInt64) { begin = { ChangeReader(namespace, since: sequence) } }

    init(_ consumer: ChangeConsumer) { begin = { ChangeReader(consumer) } }

    /// Begins to read, at the first change that is asked for.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(begin()) }

    /// The changes, one after another, for `for try await`.
    public struct AsyncIterator: AsyncIteratorProtocol {
        private let reader: ChangeReader
        private var page: ArraySlice<Change> = []
        private static let interval = Duration.milliseconds(10)
        /// After how many nanoseconds without a commit the database is let go.
        private static let patience: UInt64 = 1_000_000_000

        init(_ reader: ChangeReader) { self.reader = reader }

        /// The next change; waits for one. Never `nil`.
        ///
        /// - Throws: as ``Namespace/changes(since:)`` says, and `CancellationError` for a task that was cancelled.
        public mutating func next() async throws -> Change? { try await next(isolation: #isolation) }

        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> Change? {
            let start = MonotonicClock.now
            while true {
                if let change = page.popFirst() { return change }
                try Task.checkCancellation()
                if try reader.mayHaveNews() {
                    let reader = reader
                    page = try await reader.namespace.store.threads.calls.run { try reader.read() }[...]
                    if !page.isEmpty { continue }
                }
                if MonotonicClock.now - start > Self.patience { reader.rest() }
                try await Task.sleep(for: Self.interval)
            }
        }
    }
}
