public import KVStoreInterface

extension Table {
    /// One page of the rows whose index keys are in a range, in the order of the index, and where the next begins.
    ///
    /// - Parameters:
    ///   - index: one that the table was declared with; the same for each page.
    ///   - range: of encoded index keys; the same for each page. All by default.
    ///   - token: ``TablePage/next`` of the page before; nil for the first.
    ///   - reversed: whether the last comes first; the same for each page.
    ///   - limit: how many rows a page has; at least one. Fewer where rows go while the page is read.
    ///   - reader: a namespace, a snapshot, a transaction.
    /// - Throws: `.indexNotReady` for an index that is not built yet; `.invalidToken` for a token of pages in the other direction;
    ///   what the store and the coder throw.
    public nonisolated(nonsending) func page<IndexKey>(
        _ index: TableIndex<Key, Value, IndexKey>, _ range: KeyRange = .all, after token: PageToken? = nil,
        reversed: Bool = false, limit: Int, in reader: some KeyValueReader
    ) async throws -> TablePage<Key, Value> {
        guard try await isReady(index, in: reader) else { throw index.notReady }
        let start = entriesPrefix(of: index.name, version: index.version)
        let page = try PageRange(range, behind: start, after: token, reversed: reversed, limit: limit)
        let (entries, next) = page.cut(try await reader.page(page.range, reversed: reversed, limit: page.limit + 1))
        let keys = try entries.map { try index.keys(of: $0, from: start).key }
        let values = try await getMany(keys, in: reader)
        return TablePage(
            rows: zip(keys, values).compactMap { key, value in value.map { (key: key, value: $0) } }, next: next)
    }
}
