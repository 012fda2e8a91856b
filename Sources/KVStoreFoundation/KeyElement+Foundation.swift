public import FoundationEssentials
public import KVStoreTables

extension UUID: KeyElement {
    /// Writes the sixteen bytes, as ``KVStoreTables/UUIDBytes`` does.
    public func encode(into encoder: inout KeyEncoder) { UUIDBytes(self).encode(into: &encoder) }

    /// Reads sixteen bytes.
    ///
    /// - Throws: what the bytes are instead.
    public init(decoding decoder: inout KeyDecoder) throws(KeyCodingError) {
        self.init(try UUIDBytes(decoding: &decoder))
    }

    /// The UUID of these bytes.
    public init(_ bytes: UUIDBytes) {
        self = withUnsafeBytes(of: (bytes.high.bigEndian, bytes.low.bigEndian)) {
            UUID(uuid: $0.loadUnaligned(as: uuid_t.self))
        }
    }
}

extension UUIDBytes {
    /// The bytes of a UUID.
    public init(_ uuid: UUID) {
        let (high, low) = withUnsafeBytes(of: uuid.uuid) { $0.loadUnaligned(as: (UInt64, UInt64).self) }
        self.init(high: UInt64(bigEndian: high), low: UInt64(bigEndian: low))
    }
}

extension Date: KeyElement {
    /// Writes the seconds since 2001 began that a date is, as a floating-point number: nothing of it is lost.
    public func encode(into encoder: inout KeyEncoder) { timeIntervalSinceReferenceDate.encode(into: &encoder) }

    /// Reads a date.
    ///
    /// - Throws: what the bytes are instead.
    public init(decoding decoder: inout KeyDecoder) throws(KeyCodingError) {
        self.init(timeIntervalSinceReferenceDate: try Double(decoding: &decoder))
    }
}

extension Data: KeyElement {
    /// Writes the bytes, as an array of them does.
    public func encode(into encoder: inout KeyEncoder) { [UInt8](self).encode(into: &encoder) }

    /// Reads bytes.
    ///
    /// - Throws: what they are instead.
    public init(decoding decoder: inout KeyDecoder) throws(KeyCodingError) {
        self.init(try [UInt8](decoding: &decoder))
    }
}
