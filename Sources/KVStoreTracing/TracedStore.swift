#if Tracing
    public import KVStoreInterface
    public import Tracing

    /// A store of any backend whose commits, transactions, updates and scans have spans.
    ///
    /// ```swift
    /// let store = TracedStore(try await Store.open(at: path))
    /// let orders = try await store.space("orders")
    /// try await orders.commit(batch, durability: .synced)
    /// ```
    ///
    /// Nothing is in the way of who uses the store that is ``base`` directly. Spans are children of the one in which a call
    /// is made. No attribute has a key or a value.
    public struct TracedStore<Base: KeyValueStore>: KeyValueStore {
        /// What is traced.
        public let base: Base
        private let source: SpanSource

        /// A store that is traced.
        ///
        /// - Parameters:
        ///   - tracer: where spans go; `nil` for the one that the program was bootstrapped with.
        ///   - kind: what they are to the tracer: `.internal` for a store in this process, `.client` for one that is
        ///     reached over a network.
        public init(_ base: Base, tracer: (any Tracer)? = nil, kind: SpanKind = .internal) {
            self.base = base
            source = SpanSource(tracer: tracer, kind: kind)
        }

        /// What the store can do that not all can.
        public var capabilities: StoreCapabilities { base.capabilities }

        /// A namespace by its name.
        ///
        /// - Throws: as the store that is traced.
        public nonisolated(nonsending) func space(_ name: String) async throws -> TracedNamespace<Base.Space> {
            trace(try await base.space(name))
        }

        /// A namespace of the store that is traced, however it was come by.
        public func trace(_ namespace: Base.Space) -> TracedNamespace<Base.Space> {
            TracedNamespace(base: namespace, source: source)
        }

        /// Creates a namespace.
        ///
        /// - Throws: as the store that is traced.
        public nonisolated(nonsending) func createSpace(
            _ name: String, timeToLive: Duration?, attributes: [String: String]
        ) async throws -> TracedNamespace<Base.Space> {
            trace(try await base.createSpace(name, timeToLive: timeToLive, attributes: attributes))
        }

        /// The names of namespaces, ordered by their bytes.
        ///
        /// - Throws: as the store that is traced.
        public nonisolated(nonsending) func spaceNames(prefix: String, after name: String?, limit: Int) async throws
            -> [String]
        {
            try await base.spaceNames(prefix: prefix, after: name, limit: limit)
        }

        /// What the application keeps with a namespace.
        ///
        /// - Throws: as the store that is traced.
        public nonisolated(nonsending) func attributes(of name: String) async throws -> [String: String] {
            try await base.attributes(of: name)
        }

        /// Gives a namespace another name.
        ///
        /// - Throws: as the store that is traced.
        public nonisolated(nonsending) func renameSpace(_ name: String, to newName: String) async throws {
            try await base.renameSpace(name, to: newName)
        }

        /// Drops a namespace with all its data.
        ///
        /// - Throws: as the store that is traced.
        public nonisolated(nonsending) func dropSpace(_ name: String) async throws { try await base.dropSpace(name) }

        /// Commits to several namespaces, in a span `kvstore.commit` that names none of them.
        ///
        /// - Throws: as the store that is traced.
        @discardableResult
        public nonisolated(nonsending) func commit(
            _ parts: [(space: TracedNamespace<Base.Space>, batch: WriteBatch)], durability: Durability?
        ) async throws -> Base.Space.Receipt {
            try await source.span("commit", of: nil) { span in
                span.set(
                    entries: parts.reduce(0) { $0 + $1.batch.count },
                    bytes: parts.reduce(0) { $0 + $1.batch.byteCount })
                span.set(durability)
                return try await base.commit(
                    parts.map { (space: $0.space.base, batch: $0.batch) }, durability: durability)
            }
        }

        /// Ends its use.
        ///
        /// - Throws: as the store that is traced.
        public nonisolated(nonsending) func close() async throws { try await base.close() }
    }
#endif
