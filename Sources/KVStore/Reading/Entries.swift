/// A key and its value, copied.
public struct Entry: Sendable, Hashable {
    /// The key.
    public let key: [UInt8]
    /// The value.
    public let value: [UInt8]
}

/// The entries of a range, one after another, as copies: the simple loop. A ``Cursor`` does not copy.
///
/// Not a `Sequence`, which could not tell its end from a failure.
public struct Entries: ~Copyable {
    private var cursor: Cursor

    init(_ cursor: consuming Cursor) { self.cursor = cursor }

    /// The next entry, `nil` after the last.
    ///
    /// - Throws: why the entries ended early: `.corruption`, `.ioError`, `.closed`.
    public mutating func next() throws(StoreError) -> Entry? {
        guard try cursor.next() else { return nil }
        return Entry(key: Array(cursor.key), value: Array(cursor.value))
    }

    /// Calls `body` with each entry that is left.
    ///
    /// - Throws: what `body` throws, and as ``next()``.
    public consuming func forEach(_ body: (Entry) throws -> Void) throws {
        while let entry = try next() { try body(entry) }
    }

    /// The next entries in an array: all that are left, or at most `limit`.
    ///
    /// - Throws: as ``next()``.
    public consuming func collect(limit: Int = .max) throws(StoreError) -> [Entry] {
        var entries: [Entry] = []
        while entries.count < limit, let entry = try next() { entries.append(entry) }
        return entries
    }
}
