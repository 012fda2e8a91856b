public import KVStoreInterface

// What the asynchronous forms do, in code that does not suspend, over what can be read at once: the closure of an update, and
// of the embedded store a namespace, a snapshot and a transaction.
extension Table {
    /// The value of a key; nil when there is none. For the closure of an update, and what else can be read at once.
    ///
    /// - Throws: as the asynchronous form.
    @inlinable
    @available(*, noasync, message: "it may wait for the disk; in async code, use the form that suspends")
    public func get(_ key: Key, in reader: inout some PointReadable & ~Copyable) throws -> Value? {
        guard let bytes = try reader.get(self.key(key)) else { return nil }
        return try decode(bytes)
    }

    /// The value of a key; nil when there is none. For what can be read at once.
    ///
    /// - Throws: as the asynchronous form.
    @inlinable
    @available(*, noasync, message: "it may wait for the disk; in async code, use the form that suspends")
    public func get(_ key: Key, in reader: some PointReadable & AnyObject) throws -> Value? {
        var reader = reader
        return try get(key, in: &reader)
    }

    /// Whether a key is there. For what can be read at once.
    ///
    /// - Throws: as the asynchronous form.
    @inlinable
    @available(*, noasync, message: "it may wait for the disk; in async code, use the form that suspends")
    public func contains(_ key: Key, in reader: some PointReadable & AnyObject) throws -> Bool {
        var reader = reader
        return try reader.get(self.key(key)) != nil
    }

    /// The first row with an index key, and its key; nil when there is none. For what can be read at once.
    ///
    /// - Throws: as the asynchronous form.
    @available(*, noasync, message: "it may wait for the disk; in async code, use the form that suspends")
    public func first<IndexKey>(
        _ index: TableIndex<Key, Value, IndexKey>, _ key: IndexKey, in reader: some RangeReadable & AnyObject
    ) throws -> (key: Key, value: Value)? {
        var reader = reader
        return try first(index, key, in: &reader)
    }

    /// Whether an index is built, so that it can be read. For what can be read at once.
    ///
    /// - Throws: what the store throws.
    @available(*, noasync, message: "it may wait for the disk; in async code, use the form that suspends")
    public func isReady(
        _ index: some TableIndexing<Key, Value>, in reader: some PointReadable & AnyObject
    ) throws -> Bool {
        var reader = reader
        return try isReady(index, try reader.get(stateKey(of: index.name)))
    }

    /// One page of the rows of a range, and where the next begins. For what can be read at once.
    ///
    /// - Throws: as the asynchronous form.
    @available(*, noasync, message: "it may wait for the disk; in async code, use the form that suspends")
    public func page(
        _ range: KeyRange = .all, after token: PageToken? = nil, reversed: Bool = false, limit: Int,
        in reader: some RangeReadable & AnyObject
    ) throws -> TablePage<Key, Value> {
        var reader = reader
        let page = try PageRange(range, behind: prefix, after: token, reversed: reversed, limit: limit)
        let (entries, next) = page.cut(try reader.page(page.range, reversed: reversed, limit: page.limit + 1))
        return TablePage(rows: try entries.map { try row($0) }, next: next)
    }

    /// One page of the rows whose index keys are in a range, and where the next begins. For what can be read at once.
    ///
    /// - Throws: as the asynchronous form.
    @available(*, noasync, message: "it may wait for the disk; in async code, use the form that suspends")
    public func page<IndexKey>(
        _ index: TableIndex<Key, Value, IndexKey>, _ range: KeyRange = .all, after token: PageToken? = nil,
        reversed: Bool = false, limit: Int, in reader: some RangeReadable & AnyObject
    ) throws -> TablePage<Key, Value> {
        guard try isReady(index, in: reader) else { throw index.notReady }
        var reader = reader
        let start = entriesPrefix(of: index.name, version: index.version)
        let page = try PageRange(range, behind: start, after: token, reversed: reversed, limit: limit)
        let (entries, next) = page.cut(try reader.page(page.range, reversed: reversed, limit: page.limit + 1))
        var rows: [(key: Key, value: Value)] = []
        for entry in entries {
            let key = try index.keys(of: entry, from: start).key
            if let value = try get(key, in: &reader) { rows.append((key, value)) }
        }
        return TablePage(rows: rows, next: next)
    }
}

extension TableRows where Reader: RangeReadable & AnyObject {
    /// The rows in an array. For what can be read at once; name a `limit` where there can be many.
    ///
    /// - Throws: what the store and the coder throw.
    @available(*, noasync, message: "it may wait for the disk; in async code, use the form that suspends")
    public func collect() throws -> [Element] {
        var reader = reader
        return try table.rows(range, reversed: isReversed, limit: limit, in: &reader)
    }
}

extension IndexedRows where Reader: RangeReadable & AnyObject {
    /// The rows in an array. For what can be read at once; name a `limit` where there can be many.
    ///
    /// - Throws: `.indexNotReady` for an index that is not built yet; what the store and the coder throw.
    @available(*, noasync, message: "it may wait for the disk; in async code, use the form that suspends")
    public func collect() throws -> [Element] {
        var reader = reader
        return try table.rows(index, range, reversed: isReversed, limit: limit, in: &reader)
    }
}
