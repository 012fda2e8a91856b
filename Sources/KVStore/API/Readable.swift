/// What can be read: a ``Namespace`` as it is now, of a store that only reads too, a ``Snapshot`` of one, or a
/// ``Transaction``. Code written for `Readable` reads any of them.
///
/// It is synchronous code: a transaction is read where its closure runs. In async code the compiler refuses what may
/// wait for the disk here; a ``Namespace`` and a ``Snapshot`` have async forms of their own, and ``Entries`` too.
public protocol Readable {
    /// A copy of the value of a key, `nil` when there is none.
    ///
    /// - Throws: `.corruption` and `.ioError` when the data cannot be read; `.closed`. A missing key is not an error.
    @available(*, noasync, message: "it may wait for the disk; in async code, read a Namespace or a Snapshot itself")
    func get(_ key: borrowing some Bytes & ~Copyable & ~Escapable) throws(StoreError) -> [UInt8]?

    /// The value of a key in the engine's own memory, not copied; `nil` when there is none.
    ///
    /// - Throws: as ``get(_:)``.
    @available(*, noasync, message: "it may wait for the disk; in async code, read a Namespace or a Snapshot itself")
    func pinned(_ key: borrowing some Bytes & ~Copyable & ~Escapable) throws(StoreError) -> PinnedValue?

    /// Copies of the values of many keys, in the order of the keys; `nil` for each that is not there. One pass through
    /// the engine, which pays from about a hundred keys; sorted keys are faster.
    ///
    /// - Throws: as ``get(_:)``.
    @available(*, noasync, message: "it may wait for the disk; in async code, read a Namespace or a Snapshot itself")
    func getMany(_ keys: [some Bytes]) throws(StoreError) -> [[UInt8]?]

    /// A cursor over a range of keys, before its first entry. It sees what was there when it was made, and had not
    /// expired.
    ///
    /// - Throws: `.closed`; `.invalidArgument` for ``ScanOptions`` out of range; `.ioError` when the namespace cannot
    ///   be opened.
    @available(*, noasync, message: "it may wait for the disk; in async code, use entries or withCursor")
    func cursor(_ range: KeyRange, options: ScanOptions) throws(StoreError) -> Cursor
}

extension Readable {
    /// Whether a key is there.
    ///
    /// - Throws: as ``get(_:)``.
    @available(*, noasync, message: "it may wait for the disk; in async code, read a Namespace or a Snapshot itself")
    public func contains(_ key: borrowing some Bytes & ~Copyable & ~Escapable) throws(StoreError) -> Bool {
        let value = try pinned(key)
        return value != nil
    }

    /// Calls `body` with the value of a key, not copied; `nil` when there is none.
    ///
    /// - Throws: what `body` throws, and as ``get(_:)``.
    @available(*, noasync, message: "it may wait for the disk; in async code, read a Namespace or a Snapshot itself")
    public func withValue<Result>(
        for key: borrowing some Bytes & ~Copyable & ~Escapable, _ body: (RawSpan) throws -> Result
    ) throws -> Result? {
        guard let value = try pinned(key) else { return nil }
        return try value.withBytes(body)
    }

    /// A cursor over a range of keys, all by default, before its first entry.
    ///
    /// - Throws: as ``cursor(_:options:)``. A range without entries is not an error.
    @available(*, noasync, message: "it may wait for the disk; in async code, use entries or withCursor")
    public func cursor(_ range: KeyRange = .all) throws(StoreError) -> Cursor {
        try cursor(range, options: ScanOptions())
    }

    /// A cursor over a range of keys such as `"a"..<"b"`, before its first entry. RocksDB: `NewIterator`, with bounds.
    ///
    /// - Throws: as ``cursor(_:options:)``.
    @available(*, noasync, message: "it may wait for the disk; in async code, use entries or withCursor")
    public func cursor(
        _ range: some KeyRangeExpression, options: ScanOptions = ScanOptions()
    ) throws(StoreError) -> Cursor {
        try cursor(range.keyRange, options: options)
    }

    /// Calls `body` with a cursor over a range of keys, all by default, before its first entry.
    ///
    /// - Throws: what `body` throws, and as ``cursor(_:options:)``.
    @available(*, noasync, message: "it may wait for the disk; in async code, use entries or withCursor")
    public func withCursor<Result>(
        _ range: KeyRange = .all, options: ScanOptions = ScanOptions(), _ body: (inout Cursor) throws -> Result
    ) throws -> Result {
        var cursor = try cursor(range, options: options)
        return try body(&cursor)
    }

    /// Calls `body` with a cursor over a range of keys such as `"a"..<"b"`, before its first entry.
    ///
    /// - Throws: as ``withCursor(_:options:_:)``.
    @available(*, noasync, message: "it may wait for the disk; in async code, use entries or withCursor")
    public func withCursor<Result>(
        _ range: some KeyRangeExpression, options: ScanOptions = ScanOptions(),
        _ body: (inout Cursor) throws -> Result
    ) throws -> Result {
        try withCursor(range.keyRange, options: options, body)
    }

    /// The entries of a range of keys, in order, as copies.
    ///
    /// - Parameters:
    ///   - range: all keys by default.
    ///   - reversed: whether the last comes first.
    ///   - limit: how many at most; all by default.
    ///   - options: how they are read.
    public func entries(
        _ range: KeyRange = .all, reversed: Bool = false, limit: Int? = nil, options: ScanOptions = ScanOptions()
    ) -> Entries {
        Entries(reversed: reversed, limit: limit, keysOnly: options.keysOnly) { () throws(StoreError) in
            try self.cursor(range, options: options)
        }
    }

    /// The entries of a range of keys such as `"a"..<"b"`, in order, as copies.
    public func entries(
        _ range: some KeyRangeExpression, reversed: Bool = false, limit: Int? = nil,
        options: ScanOptions = ScanOptions()
    ) -> Entries {
        entries(range.keyRange, reversed: reversed, limit: limit, options: options)
    }

    /// The entries whose keys begin with `prefix`, in order, as copies.
    public func entries(
        prefix: borrowing some Bytes & ~Copyable & ~Escapable, reversed: Bool = false, limit: Int? = nil,
        options: ScanOptions = ScanOptions()
    ) -> Entries {
        entries(.prefix(prefix), reversed: reversed, limit: limit, options: options)
    }
}
