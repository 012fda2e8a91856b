extension Update: RangeReadable {
    /// The entries of a range of keys, in order, in an array: what ``entries(_:reversed:limit:options:)`` gives one by one.
    ///
    /// - Throws: as ``cursor(_:options:)``.
    public mutating func page(_ range: KeyRange, reversed: Bool, limit: Int?) throws(StoreError) -> [Entry] {
        try entries(range, reversed: reversed, limit: limit).collect()
    }
}
