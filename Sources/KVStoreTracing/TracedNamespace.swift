#if Tracing
    public import KVStoreInterface
    internal import Tracing

    /// A namespace of any backend whose commits, transactions, updates and scans have spans: see ``TracedStore``.
    public struct TracedNamespace<Base: KeyValueNamespace>: KeyValueNamespace {
        /// What is traced.
        public let base: Base
        let source: SpanSource
        private let reader: TracedReader<Base>

        init(base: Base, source: SpanSource) {
            self.base = base
            self.source = source
            reader = TracedReader(base: base, namespace: base.name, source: source)
        }

        /// Its name.
        public var name: String { base.name }

        /// A copy of the value of a key; nil when there is none. Without a span.
        ///
        /// - Throws: as the namespace that is traced.
        public nonisolated(nonsending) func get(_ key: some Bytes & Sendable) async throws -> [UInt8]? {
            try await reader.get(key)
        }

        /// Copies of the values of many keys; nil for each that is not there. Without a span.
        ///
        /// - Throws: as the namespace that is traced.
        public nonisolated(nonsending) func getMany(_ keys: [some Bytes & Sendable]) async throws -> [[UInt8]?] {
            try await reader.getMany(keys)
        }

        /// The entries of a range, with a span `kvstore.scan` for the loop over them.
        public func entries(
            _ range: KeyRange, reversed: Bool, limit: Int?
        ) -> TracedEntries<Base.EntrySequence> {
            reader.entries(range, reversed: reversed, limit: limit)
        }

        /// Commits a batch, in a span `kvstore.commit`.
        ///
        /// - Throws: as the namespace that is traced.
        @discardableResult
        public nonisolated(nonsending) func commit(_ batch: WriteBatch, durability: Durability?) async throws
            -> Base.Receipt
        {
            try await source.span("commit", of: name) { span in
                span.set(entries: batch.count, bytes: batch.byteCount)
                span.set(durability)
                return try await base.commit(batch, durability: durability)
            }
        }

        /// Deletes every key of a range, in a span `kvstore.deleteRange`.
        ///
        /// - Throws: as the namespace that is traced.
        @discardableResult
        public nonisolated(nonsending) func deleteRange(_ range: KeyRange, durability: Durability?) async throws
            -> Base.Receipt
        {
            try await source.span("deleteRange", of: name) { span in
                span.set(durability)
                return try await base.deleteRange(range, durability: durability)
            }
        }

        /// The namespace as it is now. Without a span; its scans have some.
        ///
        /// - Throws: as the namespace that is traced.
        public nonisolated(nonsending) func snapshot() async throws -> TracedReader<Base.Moment> {
            TracedReader(base: try await base.snapshot(), namespace: name, source: source)
        }

        /// Runs a transaction in a span `kvstore.transaction`, which says how often `body` ran.
        ///
        /// - Throws: as the namespace that is traced.
        public nonisolated(nonsending) func withTransaction<Result: Sendable>(
            durability: Durability?, maxAttempts: Int,
            _ body: @Sendable (Base.Transacting) async throws -> Result
        ) async throws -> Result {
            try await source.span("transaction", of: name) { span in
                span.set(durability)
                let attempts = Attempts()
                defer { span.updateAttributes { $0["kvstore.attempts"] = attempts.count.toSpanAttribute() } }
                return try await base.withTransaction(durability: durability, maxAttempts: maxAttempts) {
                    attempts.add()
                    return try await body($0)
                }
            }
        }

        /// Runs an update in a span `kvstore.update`.
        ///
        /// - Throws: as the namespace that is traced.
        public nonisolated(nonsending) func update<Result: Sendable>(
            keys: [[UInt8]], durability: Durability?,
            _ body: @escaping @Sendable (inout KeyedUpdate) throws -> Result
        ) async throws -> Result {
            try await source.span("update", of: name) { span in
                span.set(durability)
                return try await base.update(keys: keys, durability: durability, body)
            }
        }
    }

    extension TracedNamespace: KeyValueChanges where Base: KeyValueChanges {
        /// What to begin with for the commits to come.
        ///
        /// - Throws: as the namespace that is traced.
        public nonisolated(nonsending) func latestChange() async throws -> UInt64 { try await base.latestChange() }

        /// The commits after a number, and those to come: as they are, without a span.
        public func changes(since number: UInt64) -> Base.ChangeSequence { base.changes(since: number) }
    }
#endif
