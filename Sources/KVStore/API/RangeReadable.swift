extension Update: RangeReadable {
    /// The entries of a range of keys, in order, in an array: what ``entries(_:reversed:limit:options:)`` gives one by one.
    ///
    /// - Throws: as ``cursor(_:options:)``.
    public mutating func page(_ range: KeyRange, reversed: Bool, limit: Int?) throws(StoreError) -> [Entry] {
        try entries(range, reversed: reversed, limit: limit).collect()
    }
}

extension Readable {
    /// The entries of a range of keys, in order, in an array: what ``entries(_:reversed:limit:options:)`` gives one by one.
    /// Name a `limit` where there can be many.
    ///
    /// - Throws: as ``cursor(_:options:)``.
    @available(*, noasync, message: "it may wait for the disk; in async code, use the form that suspends")
    public func page(
        _ range: KeyRange = .all, reversed: Bool = false, limit: Int? = nil
    ) throws(StoreError) -> [Entry] { try entries(range, reversed: reversed, limit: limit).collect() }
}

extension Namespace: RangeReadable {}
extension Snapshot: RangeReadable {}
extension Transaction: RangeReadable {}
