/// An element by which keys are ordered the other way: the largest first.
///
/// ```swift
/// // The newest messages of each sender first.
/// KeyTuple(sender, Descending(time))
/// ```
///
/// Its bytes are this library's own: those of the element inverted, the first of them `0xFD` less the element's code; behind
/// text, bytes and nested keys one more zero is inverted with them.
public struct Descending<Base: KeyElement> {
    /// The element.
    public var base: Base

    /// An element, the other way.
    @inlinable public init(_ base: Base) { self.base = base }
}

extension Descending: KeyElement {
    /// Writes the element, inverted.
    @inlinable
    public func encode(into encoder: inout KeyEncoder) { encoder.descending { base.encode(into: &$0) } }

    /// Reads an element that was inverted.
    ///
    /// - Throws: what the bytes are instead.
    @inlinable
    public init(decoding decoder: inout KeyDecoder) throws(KeyCodingError) {
        base = try decoder.descending { (decoder) throws(KeyCodingError) in try Base(decoding: &decoder) }
    }
}

extension Descending: Sendable where Base: Sendable {}
extension Descending: Equatable where Base: Equatable {}
extension Descending: Hashable where Base: Hashable {}
extension Descending: Comparable where Base: Comparable {
    @inlinable
    public static func < (left: Descending, right: Descending) -> Bool { right.base < left.base }
}
