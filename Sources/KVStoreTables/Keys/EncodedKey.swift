public import KVStoreInterface

/// A key as bytes, wherever a namespace takes them: encoded anew each time, into memory that is there.
///
/// ```swift
/// try users.put(EncodedKey(id), "Ada")
/// ```
public struct EncodedKey<Key: KeyCodable>: Bytes {
    /// The key.
    public let key: Key

    /// A key as bytes.
    @inlinable public init(_ key: Key) { self.key = key }

    /// Calls `body` with the encoded key.
    @inlinable
    public func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try key.withEncodedKey(body)
    }
}

extension EncodedKey: Sendable where Key: Sendable {}
