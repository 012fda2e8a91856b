public import KVStoreInterface

/// Rows of a type under keys of a type, in a namespace of any store.
///
/// It is a description and holds no store: declare it once, and name the namespace, snapshot, transaction, update or batch
/// with each call.
///
/// ```swift
/// let users = Table("users", key: UUID.self, value: .json(User.self))
///
/// try await users.put(id, user, in: namespace)
/// let user = try await users.get(id, in: namespace)
/// for try await (id, user) in users.rows(in: namespace) { ... }
/// ```
///
/// Rows are ordered by their keys. Several tables of different names can be in one namespace; what else is there may not begin
/// with the encoded name. A table without a name has the namespace for itself, and a row's key is the encoded key and nothing
/// else. Behind its rows it keeps the entries of its indexes.
public struct Table<Key: KeyCodable & Sendable, Value: Sendable>: Sendable {
    /// Its name; nil when it has the namespace for itself.
    public let name: String?
    /// The indexes, in no order.
    let indexes: [any TableIndexing<Key, Value>]
    /// Whether there are any: asking the list would have the runtime look for its type at each call.
    @usableFromInline let hasIndexes: Bool
    let coder: any ValueCoder<Value>
    /// What all its keys begin with.
    let prefix: [UInt8]

    /// A table.
    ///
    /// - Parameters:
    ///   - name: what its keys begin with; nil, the default, for a namespace of its own.
    ///   - key: the type of the keys.
    ///   - value: how rows are stored.
    ///   - indexes: what is kept beside the rows, see ``TableIndex``. A name each.
    public init(
        _ name: String? = nil, key: Key.Type = Key.self, value: some ValueCoder<Value>,
        indexes: [any TableIndexing<Key, Value>] = []
    ) {
        self.name = name
        self.indexes = indexes
        hasIndexes = !indexes.isEmpty
        coder = value
        prefix = name?.encodedKey ?? []
    }

    /// The bytes of a row's key, for calls that take bytes.
    @inlinable
    public func key(_ key: Key) -> TableKey<Key> { TableKey(prefix: keyPrefix, key: key) }

    /// The bytes of a value, for calls that take bytes.
    ///
    /// - Throws: what the coder throws.
    public func encode(_ value: Value) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try coder.encode(value, into: &bytes)
        return bytes
    }

    /// A value from its bytes.
    ///
    /// - Throws: what the coder throws.
    @inlinable
    public func decode(_ bytes: borrowing some Bytes & ~Copyable & ~Escapable) throws -> Value {
        try bytes.withBytes { (bytes) throws -> Value in try decodeBytes(bytes) }
    }

    @usableFromInline
    func decodeBytes(_ bytes: RawSpan) throws -> Value { try coder.decode(bytes) }

    /// A row from an entry of the namespace, for loops over entries.
    ///
    /// - Throws: ``KeyCodingError``; `.malformedEntry` for an entry of another table; what the coder throws.
    public func row(_ entry: Entry) throws -> (key: Key, value: Value) {
        guard entry.key.starts(with: prefix) else {
            throw TableError(.malformedEntry, "an entry does not begin as those of the table")
        }
        return (try Key(encodedKey: entry.key[prefix.count...]), try decode(entry.value))
    }

    /// Where the rows of a range are in the namespace, for calls that take ranges.
    ///
    /// - Parameter range: of encoded keys, such as ``KVStoreInterface/KeyRange/partial(_:)``; all by default.
    public func range(_ range: KeyRange = .all) -> KeyRange { range.within(prefix, upTo: [ElementCode.end]) }

    @usableFromInline var keyPrefix: [UInt8] { prefix }
}

/// The key of a row as bytes: see ``Table/key(_:)``.
public struct TableKey<Key: KeyCodable & Sendable>: Bytes, Sendable {
    @usableFromInline let prefix: [UInt8]
    @usableFromInline let key: Key

    @usableFromInline
    init(prefix: [UInt8], key: Key) {
        self.prefix = prefix
        self.key = key
    }

    /// Calls `body` with the bytes.
    @inlinable
    public func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try withUnsafeTemporaryAllocation(byteCount: KeyEncoder.usualSize, alignment: 8) {
            (room) throws(Failure) -> Result in
            var encoder = KeyEncoder(room)
            encoder.append(prefix.span.bytes)
            key.encode(into: &encoder)
            return try encoder.withBytes(body)
        }
    }

    var array: [UInt8] { withBytes { Array($0) } }
}

extension KeyRange {
    /// The range with all keys behind a prefix; where it has no upper bound, up to `end`.
    func within(_ prefix: [UInt8], upTo end: [UInt8]) -> KeyRange {
        KeyRange(lowerBound: prefix + (lowerBound ?? []), upperBound: prefix + lesser(upperBound ?? end, end))
    }
}

private func lesser(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
    left.lexicographicallyPrecedes(right) ? left : right
}
