public import KVStoreInterface

/// What a commit did to the rows of a table: see ``Table/changes(in:)``.
public enum TableChange<Key: KeyCodable & Sendable, Value: Sendable>: Sendable {
    /// A row was put, new or over one that was there.
    case put(key: Key, value: Value)
    /// A row was deleted, whether or not it was there.
    case delete(key: Key)
    /// The rows of a range of encoded keys were deleted: all of them, by ``Table/deleteAll(in:durability:)``.
    case deleteRange(KeyRange)
}

extension TableChange: Equatable where Key: Equatable, Value: Equatable {}

extension Table {
    /// What a commit did to the rows of the table, in order; empty when it did nothing to them.
    ///
    /// ```swift
    /// for try await change in consumer.changes() {
    ///     for case .put(let id, let order) in try orders.changes(in: change) { ... }
    /// }
    /// ```
    ///
    /// Entries of its indexes, of other tables and of what else is in the namespace are passed over.
    ///
    /// - Throws: ``KeyCodingError`` and what the coder throws, for a row that is none; `.malformedEntry` for one that was merged.
    public func changes(in change: Change) throws -> [TableChange<Key, Value>] {
        let rows = range()
        var changes: [TableChange<Key, Value>] = []
        for write in change.writes {
            switch write {
            case .put(let key, let value) where rows.contains(key),
                .putForTime(let key, let value, _) where rows.contains(key):
                let row = try row(Entry(key: key, value: value))
                changes.append(.put(key: row.key, value: row.value))
            case .delete(let key) where rows.contains(key):
                changes.append(.delete(key: try Key(encodedKey: key[prefix.count...])))
            case .merge(let key, _) where rows.contains(key):
                throw TableError(.malformedEntry, "something was merged into a row of the table")
            case .deleteRange(let lower, let upper):
                if let range = part(of: rows, from: lower, to: upper) { changes.append(.deleteRange(range)) }
            default: break
            }
        }
        return changes
    }

    /// What a deletion of a range takes of the rows, as encoded keys without the table's prefix; nil for nothing.
    private func part(of rows: KeyRange, from lower: [UInt8], to upper: [UInt8]) -> KeyRange? {
        guard let first = rows.lowerBound, let end = rows.upperBound else { return nil }
        let isFromFirst = !first.lexicographicallyPrecedes(lower)
        let isToEnd = !upper.lexicographicallyPrecedes(end)
        let start = isFromFirst ? first : lower
        guard start.lexicographicallyPrecedes(isToEnd ? end : upper) else { return nil }
        return KeyRange(
            lowerBound: isFromFirst ? nil : Array(lower[prefix.count...]),
            upperBound: isToEnd ? nil : Array(upper[prefix.count...]))
    }
}
