public import KVStoreInterface

/// What a table keeps beside its rows to find them by something else than their keys, in the same commit as the rows.
///
/// ```swift
/// let byEmail = TableIndex<UUID, User, String>("email", isUnique: true) { $0.email }
/// let byTag = TableIndex<UUID, User, String>("tag", each: { $0.tags })
/// let users = Table("users", key: UUID.self, value: .json(User.self), indexes: [byEmail, byTag])
///
/// let row = try await users.first(byEmail, "ada@example.org", in: namespace)
/// ```
///
/// An index that is declared anew, or with another version, is built by ``Table/prepareIndexes(in:batchSize:)``.
public struct TableIndex<Key: KeyCodable & Sendable, Value: Sendable, IndexKey: KeyCodable & Sendable>: Sendable {
    /// Its name: each index of a table has one of its own.
    public let name: String
    /// Which definition it is. Raise it when what is indexed changes, so that the index is built anew.
    public let version: Int
    /// Whether it takes each key for one row only.
    public let isUnique: Bool
    let extract: @Sendable (Value) -> [IndexKey]

    /// An index by one key of each row.
    ///
    /// - Parameters:
    ///   - name: a name of its own.
    ///   - version: raised when what is indexed changes.
    ///   - isUnique: whether it takes each key for one row only.
    ///   - key: what a row is found by; nil for a row that is not to be found by it.
    public init(
        _ name: String, version: Int = 1, isUnique: Bool = false, _ key: @escaping @Sendable (Value) -> IndexKey?
    ) {
        self.init(name, version: version, isUnique: isUnique, each: { value in key(value).map { [$0] } ?? [] })
    }

    /// An index by any number of keys of each row.
    ///
    /// - Parameters:
    ///   - name: a name of its own.
    ///   - version: raised when what is indexed changes.
    ///   - isUnique: whether it takes each key for one row only.
    ///   - keys: what a row is found by.
    public init(
        _ name: String, version: Int = 1, isUnique: Bool = false,
        each keys: @escaping @Sendable (Value) -> [IndexKey]
    ) {
        self.name = name
        self.version = version
        self.isUnique = isUnique
        extract = keys
    }
}

/// An index of a table, whatever it finds rows by: a ``TableIndex``.
public protocol TableIndexing<Key, Value>: Sendable {
    /// The table's keys.
    associatedtype Key: KeyCodable & Sendable
    /// The table's values.
    associatedtype Value: Sendable

    /// Its name: each index of a table has one of its own.
    var name: String { get }
    /// Which definition it is.
    var version: Int { get }
    /// Whether it takes each key for one row only.
    var isUnique: Bool { get }

    /// Calls `body` with the encoding of what a row is found by, each.
    func encodeKeys(of value: Value, _ body: (RawSpan) -> Void)
}

extension TableIndex: TableIndexing {
    /// Calls `body` with the encoding of what a row is found by, each.
    public func encodeKeys(of value: Value, _ body: (RawSpan) -> Void) {
        for key in extract(value) { key.withEncodedKey(body) }
    }
}

/// Where a table keeps what belongs to its indexes: behind its rows.
enum IndexKeys {
    /// Entries: the index's name and version, its key, then the row's key; for a unique one the row's key is the value.
    static let entries: [UInt8] = [ElementCode.end, 1]
    /// How far an index is built, under its name.
    static let states: [UInt8] = [ElementCode.end, 2]
}

/// An entry of an index.
struct IndexEntry {
    let index: String
    let isUnique: Bool
    let key: [UInt8]
    let value: [UInt8]

    /// - Parameter holder: what a unique index has under the key.
    func check(holder: [UInt8]?) throws(TableError) {
        guard let holder, holder != value else { return }
        throw TableError(
            .uniqueViolation, index: index, "another row has what the index takes once; nothing was written")
    }
}

/// What a change of a row changes in the indexes.
struct IndexChange {
    /// What goes. Of a unique index that is being built it may be another row's: then it stays.
    var removed: [IndexEntry] = []
    var added: [IndexEntry] = []
    /// Those of the added ones that no other row may have.
    var unique: [IndexEntry] { added.filter(\.isUnique) }
}

extension Table {
    /// Where the entries of an index begin.
    func entriesPrefix(of index: String, version: Int) -> [UInt8] {
        prefix + IndexKeys.entries + KeyTuple(index, version).encodedKey
    }

    /// The entries that an index has of a row.
    func entries(of index: some TableIndexing<Key, Value>, _ key: [UInt8], _ value: Value) -> [IndexEntry] {
        let start = entriesPrefix(of: index.name, version: index.version)
        var entries: [IndexEntry] = []
        index.encodeKeys(of: value) { indexKey in
            var bytes = start
            indexKey.withUnsafeBytes { bytes.append(contentsOf: $0) }
            if !index.isUnique { bytes += key }
            entries.append(
                IndexEntry(
                    index: index.name, isUnique: index.isUnique, key: bytes, value: index.isUnique ? key : []))
        }
        return entries
    }

    /// What changes in the indexes when a row changes.
    func change(of key: Key, from old: Value?, to new: Value?) throws -> IndexChange {
        let key = key.encodedKey
        var change = IndexChange()
        for index in indexes {
            let before = old.map { entries(of: index, key, $0) } ?? []
            let after = new.map { entries(of: index, key, $0) } ?? []
            let kept = Set(after.map(\.key))
            change.removed += before.filter { !kept.contains($0.key) }
            // Those that stay are written again: an index that is being built may not have them yet.
            change.added += after
        }
        return change
    }

    /// Puts or deletes a row of a table with indexes.
    @usableFromInline
    nonisolated(nonsending) func change(
        _ key: Key, to new: Value?, in space: some KeyValueNamespace, durability: Durability?
    ) async throws {
        do {
            try await update(key, to: new, in: space, durability: durability)
        } catch is NeedsTransaction {
            try await space.withTransaction(durability: durability, maxAttempts: 100) { transaction in
                guard let new else { return try await self.delete(key, in: transaction) }
                try await self.put(key, new, in: transaction)
            }
        }
    }

    /// The same in an update, which is for hot rows, but reads only what can be named beforehand.
    private nonisolated(nonsending) func update(
        _ key: Key, to new: Value?, in space: some KeyValueNamespace, durability: Durability?
    ) async throws {
        let bytes = try new.map { try encode($0) }
        let rowKey = self.key(key).array
        let unique = try change(of: key, from: nil, to: new).unique
        let versions = Dictionary(indexes.filter { $0.isUnique }.map { ($0.name, $0.version) }) { first, _ in first }
        let states = versions.keys.map { stateKey(of: $0) }
        try await space.update(keys: [rowKey] + states + unique.map(\.key), durability: durability) { update in
            let old = try update.get(rowKey).map { try self.decode($0) }
            let change = try self.change(of: key, from: old, to: new)
            for entry in unique { try entry.check(holder: try update.get(entry.key)) }
            for entry in change.removed {
                // Of an index that is built, what a row has is its own.
                if entry.isUnique {
                    let state = try update.get(self.stateKey(of: entry.index)).map {
                        try IndexState($0, of: entry.index)
                    }
                    guard let state, state.isReady, state.version == versions[entry.index] else {
                        throw NeedsTransaction()
                    }
                }
                update.delete(entry.key)
            }
            for entry in change.added { update.put(entry.key, entry.value) }
            if let bytes { update.put(rowKey, bytes) } else { update.delete(rowKey) }
        }
    }
}

/// Thrown by an update that would have to read what it cannot name.
private struct NeedsTransaction: Error {}
