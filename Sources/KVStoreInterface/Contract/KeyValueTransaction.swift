/// What the closure of ``KeyValueNamespace/withTransaction(durability:maxAttempts:_:)`` reads and writes.
///
/// Reads see the namespace as it was when the attempt began, with the transaction's own writes over it. Writes are kept until
/// the closure has returned. Used by the closure, and by tasks that end within it; every call after that throws
/// `.invalidArgument`.
public protocol KeyValueTransaction: KeyValueReader {
    /// Sets the value of a key, when the closure has returned and the transaction is committed.
    ///
    /// - Throws: `.invalidArgument` for a key or value over the ``Limits``; the call then wrote nothing, and the
    ///   transaction goes on.
    func put(_ key: some Bytes, _ value: some Bytes) throws

    /// Deletes a key. That it is not there is no error.
    ///
    /// - Throws: as ``put(_:_:)``.
    func delete(_ key: some Bytes) throws

    /// Deletes every key of a range, when the closure has returned and the transaction is committed: whatever the range holds
    /// then, which conflicts with nothing. That it is empty is no error.
    ///
    /// - Throws: as ``put(_:_:)``; `.invalidArgument` also for a range without an upper bound.
    func deleteRange(_ range: KeyRange) throws
}
