public import KVStoreInterface

/// A key of several parts, ordered by the first, then by the second and so on.
///
/// It is bytes where a namespace takes bytes, without a table:
///
/// ```swift
/// try orders.put(KeyTuple("order", 17), "pending")
/// ```
public struct KeyTuple<each Part: KeyCodable> {
    /// The parts.
    public let parts: (repeat each Part)

    /// A key of these parts.
    @inlinable
    public init(_ parts: repeat each Part) { self.parts = (repeat each parts) }
}

extension KeyTuple: KeyCodable {
    /// Writes the parts, one after another.
    @inlinable
    public func encode(into encoder: inout KeyEncoder) { repeat (each parts).encode(into: &encoder) }

    /// Reads the parts, one after another.
    ///
    /// - Throws: what the bytes are instead.
    @inlinable
    public init(decoding decoder: inout KeyDecoder) throws(KeyCodingError) {
        parts = (repeat try (each Part)(decoding: &decoder))
    }
}

extension KeyTuple: Bytes {
    /// Calls `body` with the encoded key.
    @inlinable
    public func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try withEncodedKey(body)
    }
}

extension KeyTuple: Sendable where repeat each Part: Sendable {}

extension KeyTuple: Equatable where repeat each Part: Equatable {
    public static func == (left: KeyTuple, right: KeyTuple) -> Bool {
        for (left, right) in repeat (each left.parts, each right.parts) {
            guard left == right else { return false }
        }
        return true
    }
}

extension KeyTuple: Hashable where repeat each Part: Hashable {
    public func hash(into hasher: inout Hasher) { repeat (each parts).hash(into: &hasher) }
}

extension KeyTuple: Comparable where repeat each Part: Comparable {
    public static func < (left: KeyTuple, right: KeyTuple) -> Bool {
        for (left, right) in repeat (each left.parts, each right.parts) {
            if left < right { return true }
            if right < left { return false }
        }
        return false
    }
}
