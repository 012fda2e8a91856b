/// What writes can be put into: a ``WriteBatch``, an update or a transaction. Code written for `Writable` fills any of
/// them.
///
/// ```swift
/// func rename<Writer: Writable & ~Copyable>(
///     _ old: String, to new: String, _ name: String, in writer: inout Writer
/// ) throws(Writer.WriteFailure) {
///     try writer.delete("name/" + old)
///     try writer.put("name/" + new, name)
/// }
/// ```
///
/// Writes take effect together and in the order given: all of them or none.
public protocol Writable: ~Copyable {
    /// What a write throws: `Never` where what is wrong with a write is told at the commit.
    associatedtype WriteFailure: Error

    /// Sets the value of a key.
    mutating func put(
        _ key: borrowing some Bytes & ~Copyable & ~Escapable, _ value: borrowing some Bytes & ~Copyable & ~Escapable
    ) throws(WriteFailure)

    /// Sets the value of a key for a time that counts from the commit, at least 1 ms, in a namespace whose entries expire.
    mutating func put(
        _ key: borrowing some Bytes & ~Copyable & ~Escapable, _ value: borrowing some Bytes & ~Copyable & ~Escapable,
        expiresAfter time: Duration
    ) throws(WriteFailure)

    /// Combines a value with what the key holds, by the merge operator of the namespace.
    mutating func merge(
        _ key: borrowing some Bytes & ~Copyable & ~Escapable, _ operand: borrowing some Bytes & ~Copyable & ~Escapable
    ) throws(WriteFailure)

    /// Deletes a key. It need not be there.
    mutating func delete(_ key: borrowing some Bytes & ~Copyable & ~Escapable) throws(WriteFailure)

    /// Deletes every key of a range, which needs an upper bound.
    mutating func deleteRange(_ range: KeyRange) throws(WriteFailure)
}

extension Writable where Self: ~Copyable {
    /// Deletes every key of a range such as `"a"..<"b"`, which needs an upper bound.
    @inlinable
    public mutating func deleteRange(_ range: some KeyRangeExpression) throws(WriteFailure) {
        try deleteRange(range.keyRange)
    }
}

extension Writable where Self: AnyObject {
    /// Deletes every key of a range such as `"a"..<"b"`, which needs an upper bound.
    @inlinable
    public func deleteRange(_ range: some KeyRangeExpression) throws(WriteFailure) {
        var writer = self
        try writer.deleteRange(range.keyRange)
    }
}

extension WriteBatch: Writable {
    public typealias WriteFailure = Never
}
