/// What can be asked for the entries of a range too, without suspending: the closure of an update of an embedded store. Typed
/// tables read their rows and indexes in it.
public protocol RangeReadable: PointReadable, ~Copyable {
    /// The entries of a range of keys, in order, as copies, with the closure's own writes over them.
    ///
    /// - Parameters:
    ///   - reversed: whether the last comes first.
    ///   - limit: how many at most; nil for all.
    /// - Throws: a ``StoreError`` when they cannot be read. That there are none is no error.
    @available(*, noasync, message: "it may wait for the disk; in async code, use what suspends")
    mutating func page(_ range: KeyRange, reversed: Bool, limit: Int?) throws(StoreError) -> [Entry]
}
