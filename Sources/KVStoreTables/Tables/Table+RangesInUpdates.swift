public import KVStoreInterface

extension Table {
    /// The rows of a range, ordered by their keys, in the closure of an update: with what it wrote before.
    ///
    /// ```swift
    /// let newest = try orders.rows(reversed: true, limit: 1, in: &update).first
    /// ```
    ///
    /// - Parameters:
    ///   - range: of encoded keys, such as ``KVStoreInterface/KeyRange/partial(_:)``; all by default.
    ///   - reversed: whether the last comes first.
    ///   - limit: how many at most; all by default. The other updates of the namespace wait while they are read.
    ///   - update: what the closure was given.
    /// - Throws: what the update and the coder throw.
    @available(*, noasync, message: "it may wait for the disk; in async code, use the form that suspends")
    public func rows(
        _ range: KeyRange = .all, reversed: Bool = false, limit: Int? = nil,
        in update: inout some RangeReadable & ~Copyable
    ) throws -> [(key: Key, value: Value)] {
        try update.page(self.range(range), reversed: reversed, limit: limit).map { try row($0) }
    }

    /// The rows whose index keys are in a range, in the order of the index, in the closure of an update: with what it wrote
    /// before.
    ///
    /// - Parameters:
    ///   - index: one that the table was declared with.
    ///   - range: of encoded index keys, such as ``KVStoreInterface/KeyRange/partial(_:)``; all by default.
    ///   - reversed: whether the last comes first.
    ///   - limit: how many at most; all by default. The other updates of the namespace wait while they are read.
    ///   - update: what the closure was given.
    /// - Throws: `.indexNotReady` for an index that is not built yet; what the update and the coder throw.
    @available(*, noasync, message: "it may wait for the disk; in async code, use the form that suspends")
    public func rows<IndexKey>(
        _ index: TableIndex<Key, Value, IndexKey>, _ range: KeyRange = .all, reversed: Bool = false,
        limit: Int? = nil, in update: inout some RangeReadable & ~Copyable
    ) throws -> [(indexKey: IndexKey, key: Key, value: Value)] {
        guard try isReady(index, try update.get(stateKey(of: index.name))) else { throw index.notReady }
        let start = entriesPrefix(of: index.name, version: index.version)
        var rows: [(indexKey: IndexKey, key: Key, value: Value)] = []
        let entries = try update.page(range.within(start, upTo: [ElementCode.end]), reversed: reversed, limit: limit)
        for entry in entries {
            let (indexKey, key) = try index.keys(of: entry, from: start)
            guard let value = try get(key, in: &update) else { continue }
            rows.append((indexKey, key, value))
        }
        return rows
    }

    /// The first row with an index key, and its key, in the closure of an update; nil when there is none.
    ///
    /// - Throws: `.indexNotReady` for an index that is not built yet; what the update and the coder throw.
    @available(*, noasync, message: "it may wait for the disk; in async code, use the form that suspends")
    public func first<IndexKey>(
        _ index: TableIndex<Key, Value, IndexKey>, _ key: IndexKey, in update: inout some RangeReadable & ~Copyable
    ) throws -> (key: Key, value: Value)? {
        try rows(index, .partial(key), limit: 1, in: &update).first.map { ($0.key, $0.value) }
    }
}
