/// A key as one element of another: FoundationDB's nested tuple.
///
/// `Nested(KeyTuple(major, minor))` in a key is ordered as a whole, and can be ``Descending`` or optional as a whole.
public struct Nested<Key: KeyCodable> {
    /// The key.
    public var key: Key

    /// A key as one element.
    @inlinable public init(_ key: Key) { self.key = key }

    /// A key of these parts as one element.
    @inlinable
    public init<each Part: KeyCodable>(_ parts: repeat each Part) where Key == KeyTuple<repeat each Part> {
        key = KeyTuple(repeat each parts)
    }
}

extension Nested: KeyElement {
    /// Writes the key between a beginning and an end.
    @inlinable
    public func encode(into encoder: inout KeyEncoder) { encoder.nested { key.encode(into: &$0) } }

    /// Reads a key between a beginning and an end.
    ///
    /// - Throws: `.trailingBytes` when it has more elements; what the bytes are instead.
    @inlinable
    public init(decoding decoder: inout KeyDecoder) throws(KeyCodingError) {
        key = try decoder.nested { (decoder) throws(KeyCodingError) in try Key(decoding: &decoder) }
    }
}

extension Nested: Sendable where Key: Sendable {}
extension Nested: Equatable where Key: Equatable {}
extension Nested: Hashable where Key: Hashable {}
extension Nested: Comparable where Key: Comparable {
    @inlinable
    public static func < (left: Nested, right: Nested) -> Bool { left.key < right.key }
}
