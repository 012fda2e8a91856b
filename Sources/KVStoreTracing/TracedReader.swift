#if Tracing
    public import KVStoreInterface

    /// What is read of a snapshot, with a span for each scan.
    public struct TracedReader<Base: KeyValueReader>: KeyValueReader {
        /// What is traced.
        public let base: Base
        let namespace: String?
        let source: SpanSource

        /// A copy of the value of a key; nil when there is none.
        ///
        /// - Throws: as the reader that is traced.
        public nonisolated(nonsending) func get(_ key: some Bytes & Sendable) async throws -> [UInt8]? {
            try await base.get(key)
        }

        /// Copies of the values of many keys; nil for each that is not there.
        ///
        /// - Throws: as the reader that is traced.
        public nonisolated(nonsending) func getMany(_ keys: [some Bytes & Sendable]) async throws -> [[UInt8]?] {
            try await base.getMany(keys)
        }

        /// The entries of a range, with a span for the loop over them.
        public func entries(
            _ range: KeyRange, reversed: Bool, limit: Int?
        ) -> TracedEntries<Base.EntrySequence> {
            TracedEntries(
                base: base.entries(range, reversed: reversed, limit: limit), namespace: namespace, source: source)
        }
    }
#endif
