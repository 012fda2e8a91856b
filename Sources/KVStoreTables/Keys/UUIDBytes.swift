/// The sixteen bytes of a UUID, ordered by their bytes, without Foundation. `Foundation.UUID` is encoded the same: its
/// conformance is in the module `KVStoreFoundation`.
public struct UUIDBytes: Sendable, Hashable {
    /// The first eight bytes, the highest first.
    public var high: UInt64
    /// The last eight bytes.
    public var low: UInt64

    /// One of these halves.
    @inlinable
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}

extension UUIDBytes: Comparable {
    @inlinable
    public static func < (left: UUIDBytes, right: UUIDBytes) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}

extension UUIDBytes: KeyElement {
    /// Writes the sixteen bytes.
    @inlinable
    public func encode(into encoder: inout KeyEncoder) {
        encoder.append(ElementCode.uuid)
        encoder.append(high, byteCount: 8)
        encoder.append(low, byteCount: 8)
    }

    /// Reads sixteen bytes.
    ///
    /// - Throws: what the bytes are instead.
    @inlinable
    public init(decoding decoder: inout KeyDecoder) throws(KeyCodingError) {
        try decoder.take(ElementCode.uuid)
        high = try decoder.number(byteCount: 8)
        low = try decoder.number(byteCount: 8)
    }
}
