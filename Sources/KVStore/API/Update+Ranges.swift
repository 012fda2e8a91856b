// Reading ranges within an update.
extension Update {
    /// A cursor over a range of keys, all by default, before its first entry.
    ///
    /// It sees what was there when it was made: the closure's writes so far, over those of the updates before it, over
    /// the database. The group of updates that is just being committed is waited for, so this is slower than
    /// ``get(_:)``, and other updates wait the longer.
    ///
    /// - Throws: `.closed`; `.invalidArgument` for ``ScanOptions`` out of range; `.busy` when the namespace was reopened
    ///   meanwhile. A range without entries is not an error.
    public mutating func cursor(
        _ range: KeyRange = .all, options: ScanOptions = ScanOptions()
    ) throws(StoreError) -> Cursor {
        if let violation = options.violation { throw target.error(.invalidArgument, .cursor, violation) }
        let uncommitted = writes.writes(in: range).over(queue.uncommittedWrites(in: range))
        let target = target
        return try target.slot.withHeldColumnFamily(.cursor) { (current) throws(EngineFailure) in
            guard current === target.columnFamily else { throw NamespaceUpdates.reopened }
            return Cursor(
                try EngineIterator(current, latest: range, options), range, target.slot.context, limit: options.limit,
                overlay: uncommitted.isEmpty ? nil : OverlayCursor(uncommitted))
        }
    }

    /// A cursor over a range of keys such as `"a"..<"b"`, before its first entry.
    ///
    /// - Throws: as ``cursor(_:options:)``.
    public mutating func cursor(
        _ range: some KeyRangeExpression, options: ScanOptions = ScanOptions()
    ) throws(StoreError) -> Cursor {
        try cursor(range.keyRange, options: options)
    }

    /// The entries of a range of keys, in order, as copies: as they are when this is called.
    ///
    /// - Parameters:
    ///   - range: all keys by default.
    ///   - reversed: whether the last comes first.
    ///   - limit: how many at most; all by default.
    ///   - options: how they are read.
    /// - Throws: as ``cursor(_:options:)``.
    public mutating func entries(
        _ range: KeyRange = .all, reversed: Bool = false, limit: Int? = nil, options: ScanOptions = ScanOptions()
    ) throws(StoreError) -> Entries {
        Entries(
            try cursor(range, options: options), reversed: reversed, limit: limit, keysOnly: options.keysOnly)
    }

    /// The entries of a range of keys such as `"a"..<"b"`, in order, as copies.
    ///
    /// - Throws: as ``cursor(_:options:)``.
    public mutating func entries(
        _ range: some KeyRangeExpression, reversed: Bool = false, limit: Int? = nil,
        options: ScanOptions = ScanOptions()
    ) throws(StoreError) -> Entries {
        try entries(range.keyRange, reversed: reversed, limit: limit, options: options)
    }

    /// The entries whose keys begin with `prefix`, in order, as copies.
    ///
    /// - Throws: as ``cursor(_:options:)``.
    public mutating func entries(
        prefix: borrowing some Bytes & ~Copyable & ~Escapable, reversed: Bool = false, limit: Int? = nil,
        options: ScanOptions = ScanOptions()
    ) throws(StoreError) -> Entries {
        try entries(.prefix(prefix), reversed: reversed, limit: limit, options: options)
    }
}
