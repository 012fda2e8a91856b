public import KVStoreInterface

extension Table {
    /// The value of a key; nil when there is none.
    ///
    /// - Parameter reader: a namespace, a snapshot, a transaction.
    /// - Throws: what the store and the coder throw. A missing key is no error.
    @inlinable
    public nonisolated(nonsending) func get(_ key: Key, in reader: some KeyValueReader) async throws -> Value? {
        guard let bytes = try await reader.get(self.key(key)) else { return nil }
        return try decode(bytes)
    }

    /// The values of many keys, in the order of the keys; nil for each that is not there.
    ///
    /// - Throws: as ``get(_:in:)``.
    public nonisolated(nonsending) func getMany(_ keys: [Key], in reader: some KeyValueReader) async throws -> [Value?]
    {
        try await reader.getMany(keys.map { key($0) }).map { try $0.map { try decode($0) } }
    }

    /// Whether a key is there.
    ///
    /// - Throws: what the store throws. A missing key is no error.
    @inlinable
    public nonisolated(nonsending) func contains(_ key: Key, in reader: some KeyValueReader) async throws -> Bool {
        try await reader.contains(self.key(key))
    }

    /// The rows of a range, ordered by their keys.
    ///
    /// ```swift
    /// for try await (key, order) in orders.rows(.partial(customer), reversed: true, in: namespace) { ... }
    /// ```
    ///
    /// - Parameters:
    ///   - range: of encoded keys, such as ``KVStoreInterface/KeyRange/partial(_:)``; all by default.
    ///   - reversed: whether the last comes first.
    ///   - limit: how many at most; all by default.
    ///   - reader: a namespace, a snapshot, a transaction.
    public func rows<Reader: KeyValueReader>(
        _ range: KeyRange = .all, reversed: Bool = false, limit: Int? = nil, in reader: Reader
    ) -> TableRows<Reader, Key, Value> {
        TableRows(table: self, range: range, isReversed: reversed, limit: limit, reader: reader)
    }

    /// One page of the rows of a range, and where the next begins.
    ///
    /// - Parameters:
    ///   - range: of encoded keys; the same for each page. All by default.
    ///   - token: ``TablePage/next`` of the page before; nil for the first.
    ///   - reversed: whether the last comes first; the same for each page.
    ///   - limit: how many rows a page has; at least one.
    ///   - reader: a namespace, a snapshot, a transaction.
    /// - Throws: `.invalidToken` for a token of pages in the other direction; as ``get(_:in:)``.
    public nonisolated(nonsending) func page(
        _ range: KeyRange = .all, after token: PageToken? = nil, reversed: Bool = false, limit: Int,
        in reader: some KeyValueReader
    ) async throws -> TablePage<Key, Value> {
        let page = try PageRange(range, behind: prefix, after: token, reversed: reversed, limit: limit)
        let (entries, next) = page.cut(try await reader.page(page.range, reversed: reversed, limit: page.limit + 1))
        return TablePage(rows: try entries.map { try row($0) }, next: next)
    }
}

/// The rows of a range, one after another.
public struct TableRows<Reader: KeyValueReader, Key: KeyCodable & Sendable, Value: Sendable>: AsyncSequence, Sendable {
    /// A row.
    public typealias Element = (key: Key, value: Value)

    let table: Table<Key, Value>
    let range: KeyRange
    let isReversed: Bool
    let limit: Int?
    let reader: Reader

    /// The rows in an array. Name a `limit` where there can be many.
    ///
    /// - Throws: what the store and the coder throw.
    public nonisolated(nonsending) func collect() async throws -> [Element] {
        var rows: [Element] = []
        for try await row in self { rows.append(row) }
        return rows
    }

    /// A loop over the rows, for `for try await`.
    public func makeAsyncIterator() -> AsyncIterator {
        let entries = reader.entries(table.range(range), reversed: isReversed, limit: limit)
        return AsyncIterator(table: table, base: entries.makeAsyncIterator())
    }

    /// A loop over the rows.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let table: Table<Key, Value>
        var base: Reader.EntrySequence.AsyncIterator

        /// The next row, nil after the last.
        ///
        /// - Throws: what the store and the coder throw.
        public nonisolated(nonsending) mutating func next() async throws -> Element? {
            try await next(isolation: #isolation)
        }

        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> Element? {
            try await base.next(isolation: actor).map { try table.row($0) }
        }
    }
}
