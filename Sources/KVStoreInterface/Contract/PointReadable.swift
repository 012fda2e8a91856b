/// What can be asked for the value of a key where it is, without suspending: what the closure of an update reads, and
/// whatever else a backend can read so. Code that is written for it, such as typed tables, reads any of them.
public protocol PointReadable: ~Copyable {
    /// A copy of the value of a key, `nil` when there is none.
    ///
    /// - Throws: a ``StoreError`` when it cannot be read. A missing key is not an error.
    @available(*, noasync, message: "it may wait for the disk; in async code, use what suspends")
    mutating func get(_ key: borrowing some Bytes & ~Copyable & ~Escapable) throws(StoreError) -> [UInt8]?
}

extension KeyedUpdate: PointReadable {}
