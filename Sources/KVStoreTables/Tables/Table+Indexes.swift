public import KVStoreInterface

extension Table {
    /// The rows whose index keys are in a range, in the order of the index.
    ///
    /// Each row is looked up as the loop comes to it. In a namespace that is written meanwhile, one that has gone is passed over;
    /// in a snapshot and in a transaction all is of one moment.
    ///
    /// - Parameters:
    ///   - index: one that the table was declared with.
    ///   - range: of encoded index keys, such as ``KVStoreInterface/KeyRange/partial(_:)``; all by default.
    ///   - reversed: whether the last comes first.
    ///   - limit: how many entries of the index are read at most; all by default.
    ///   - reader: a namespace, a snapshot, a transaction.
    /// - Returns: a sequence that throws `.indexNotReady` for an index that is not built yet.
    public func rows<Reader: KeyValueReader, IndexKey>(
        _ index: TableIndex<Key, Value, IndexKey>, _ range: KeyRange = .all, reversed: Bool = false,
        limit: Int? = nil, in reader: Reader
    ) -> IndexedRows<Reader, Key, Value, IndexKey> {
        IndexedRows(table: self, index: index, range: range, isReversed: reversed, limit: limit, reader: reader)
    }

    /// The first row with an index key, and its key; nil when there is none. Of a unique index it is the only one.
    ///
    /// - Throws: `.indexNotReady` for an index that is not built yet; what the store and the coder throw.
    public nonisolated(nonsending) func first<IndexKey>(
        _ index: TableIndex<Key, Value, IndexKey>, _ key: IndexKey, in reader: some KeyValueReader
    ) async throws -> (key: Key, value: Value)? {
        for try await row in rows(index, .partial(key), limit: 1, in: reader) { return (row.key, row.value) }
        return nil
    }

    /// Whether an index is built, so that it can be read.
    ///
    /// - Throws: what the store throws.
    public nonisolated(nonsending) func isReady(
        _ index: some TableIndexing<Key, Value>, in reader: some KeyValueReader
    ) async throws -> Bool {
        try isReady(index, try await reader.get(stateKey(of: index.name)))
    }

    /// - Parameter state: what is kept of the index; nil for nothing.
    func isReady(_ index: some TableIndexing<Key, Value>, _ state: [UInt8]?) throws(TableError) -> Bool {
        guard let bytes = state else { return false }
        let state = try IndexState(bytes, of: index.name)
        return state.version == index.version && state.isReady
    }

    /// Builds the indexes that were declared anew or with another version, and removes those that are declared no more.
    ///
    /// Call it when the program starts, in a task of its own where tables are large: rows are read and written meanwhile, and
    /// each write already keeps all declared indexes. It goes on where it was when a process ended in the middle of it, costs a
    /// look when there is nothing to do, and several may run at once. All programs that write the table have to declare the same
    /// indexes from then on.
    ///
    /// - Parameter batchSize: how many rows a step takes; fewer where others write the same rows.
    /// - Throws: `.uniqueViolation` for a unique index when two rows have the same key: the index stays unbuilt, and the next call
    ///   tries again from there. What the store and the coder throw; `CancellationError`.
    public func prepareIndexes(in space: some KeyValueNamespace, batchSize: Int = 256) async throws {
        try await removeUndeclaredIndexes(in: space)
        for index in indexes where try await !isReady(index, in: space) {
            try await build(index, in: space, batchSize)
        }
    }

    private func build<Space: KeyValueNamespace>(
        _ index: some TableIndexing<Key, Value>, in space: Space, _ batchSize: Int
    ) async throws {
        var steps = RowSteps(batchSize)
        while true {
            let size = steps.size
            let isReady = try await steps.tryOnce {
                try await space.withTransaction { transaction in try await self.buildStep(index, in: transaction, size)
                }
            }
            if isReady == true { return }
        }
    }

    /// One step: some rows and how far it is by them, in one commit.
    private func buildStep(
        _ index: some TableIndexing<Key, Value>, in transaction: some KeyValueTransaction, _ size: Int
    ) async throws -> Bool {
        let stateKey = stateKey(of: index.name)
        var state = try await transaction.get(stateKey).map { try IndexState($0, of: index.name) }
        if let last = state, last.version != index.version {
            try transaction.deleteRange(.prefix(entriesPrefix(of: index.name, version: last.version)))
            state = nil
        }
        var next = state ?? IndexState(version: index.version, isReady: false, progress: [])
        guard !next.isReady else { return true }
        let rows = try await transaction.page(range(after: next.progress), limit: size)
        for row in rows {
            let key = Array(row.key[prefix.count...])
            for entry in entries(of: index, key, try decode(row.value)) {
                if index.isUnique { try entry.check(holder: try await transaction.get(entry.key)) }
                try transaction.put(entry.key, entry.value)
            }
            next.progress = key
        }
        next.isReady = rows.count < size
        if next.isReady { next.progress = [] }
        try transaction.put(stateKey, next.bytes)
        return next.isReady
    }

    private func removeUndeclaredIndexes(in space: some KeyValueNamespace) async throws {
        let states = prefix + IndexKeys.states
        for entry in try await space.page(.prefix(states)) {
            let name = try String(encodedKey: entry.key[states.count...])
            guard !indexes.contains(where: { $0.name == name }) else { continue }
            var batch = WriteBatch()
            // Of every version. Not all that has the prefix: the name may be how another begins.
            batch.deleteRange(KeyRange.partial(name).within(prefix + IndexKeys.entries, upTo: [ElementCode.end]))
            batch.delete(entry.key)
            try await space.commit(batch, durability: nil)
        }
    }

    func stateKey(of index: String) -> [UInt8] { prefix + IndexKeys.states + index.encodedKey }
}

/// How far an index is built.
struct IndexState {
    var version: Int
    var isReady: Bool
    /// The encoded key of the last row that it has; empty before the first.
    var progress: [UInt8]

    /// The form, then the fields, as a key is encoded.
    private typealias Form = KeyTuple<Int, Int, Bool, [UInt8]>

    init(version: Int, isReady: Bool, progress: [UInt8]) {
        self.version = version
        self.isReady = isReady
        self.progress = progress
    }

    init(_ bytes: [UInt8], of index: String) throws(TableError) {
        guard let form = try? Form(encodedKey: bytes), form.parts.0 == 1 else {
            throw TableError(
                .malformedEntry, index: index, "what is kept of the index is not as this version writes it")
        }
        self.init(version: form.parts.1, isReady: form.parts.2, progress: form.parts.3)
    }

    var bytes: [UInt8] { Form(1, version, isReady, progress).encodedKey }
}

/// The rows that an index finds, one after another.
public struct IndexedRows<
    Reader: KeyValueReader, Key: KeyCodable & Sendable, Value: Sendable, IndexKey: KeyCodable & Sendable
>: AsyncSequence, Sendable {
    /// What the row was found by, its key and its value.
    public typealias Element = (indexKey: IndexKey, key: Key, value: Value)

    let table: Table<Key, Value>
    let index: TableIndex<Key, Value, IndexKey>
    let range: KeyRange
    let isReversed: Bool
    let limit: Int?
    let reader: Reader

    /// The rows in an array. Name a `limit` where there can be many.
    ///
    /// - Throws: `.indexNotReady` for an index that is not built yet; what the store and the coder throw.
    public nonisolated(nonsending) func collect() async throws -> [Element] {
        var rows: [Element] = []
        for try await row in self { rows.append(row) }
        return rows
    }

    /// A loop over the rows, for `for try await`.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(rows: self) }

    /// A loop over the rows.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let rows: IndexedRows
        private var base: Reader.EntrySequence.AsyncIterator?

        init(rows: IndexedRows) { self.rows = rows }

        /// The next row, nil after the last.
        ///
        /// - Throws: `.indexNotReady` for an index that is not built yet; what the store and the coder throw.
        public nonisolated(nonsending) mutating func next() async throws -> Element? {
            try await next(isolation: #isolation)
        }

        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> Element? {
            let start = rows.start
            if base == nil {
                guard try await rows.table.isReady(rows.index, in: rows.reader) else { throw rows.index.notReady }
                base = rows.entries(from: start)
            }
            while let entry = try await base?.next(isolation: actor) {
                let (indexKey, key) = try rows.index.keys(of: entry, from: start)
                guard let value = try await rows.table.get(key, in: rows.reader) else { continue }
                return (indexKey, key, value)
            }
            return nil
        }
    }
}

extension IndexedRows {
    fileprivate var start: [UInt8] { table.entriesPrefix(of: index.name, version: index.version) }

    fileprivate func entries(from start: [UInt8]) -> Reader.EntrySequence.AsyncIterator {
        let range = range.within(start, upTo: [ElementCode.end])
        return reader.entries(range, reversed: isReversed, limit: limit).makeAsyncIterator()
    }
}

extension TableIndex {
    var notReady: TableError {
        TableError(.indexNotReady, index: name, "the index is not built yet: prepareIndexes(in:) builds it")
    }

    /// What an entry of the index says.
    func keys(of entry: Entry, from start: [UInt8]) throws -> (indexKey: IndexKey, key: Key) {
        guard !isUnique else {
            return (try IndexKey(encodedKey: entry.key[start.count...]), try Key(encodedKey: entry.value))
        }
        let keys = try KeyTuple<IndexKey, Key>(encodedKey: entry.key[start.count...])
        return (keys.parts.0, keys.parts.1)
    }
}
