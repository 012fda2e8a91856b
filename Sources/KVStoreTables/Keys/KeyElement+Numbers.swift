extension Double: KeyElement {
    /// Writes the number so that all of them have an order: negative NaN, -∞ to -0, +0 to +∞, NaN.
    @inlinable
    public func encode(into encoder: inout KeyEncoder) {
        encoder.append(ElementCode.double)
        encoder.append(bitPattern ^ (sign == .minus ? .max : 1 << 63), byteCount: 8)
    }

    /// Reads a number that was written as one of this type.
    ///
    /// - Throws: what the bytes are instead.
    @inlinable
    public init(decoding decoder: inout KeyDecoder) throws(KeyCodingError) {
        try decoder.take(ElementCode.double)
        let bits = try decoder.number(byteCount: 8)
        self.init(bitPattern: bits >> 63 == 0 ? ~bits : bits ^ (1 << 63))
    }
}

extension Float: KeyElement {
    /// Writes the number so that all of them have an order, as ``Swift/Double`` does.
    @inlinable
    public func encode(into encoder: inout KeyEncoder) {
        encoder.append(ElementCode.float)
        encoder.append(UInt64(bitPattern ^ (sign == .minus ? .max : 1 << 31)), byteCount: 4)
    }

    /// Reads a number that was written as one of this type.
    ///
    /// - Throws: what the bytes are instead.
    @inlinable
    public init(decoding decoder: inout KeyDecoder) throws(KeyCodingError) {
        try decoder.take(ElementCode.float)
        let bits = UInt32(truncatingIfNeeded: try decoder.number(byteCount: 4))
        self.init(bitPattern: bits >> 31 == 0 ? ~bits : bits ^ (1 << 31))
    }
}

extension Bool: KeyElement {
    /// Writes the truth value; false comes first.
    @inlinable
    public func encode(into encoder: inout KeyEncoder) {
        encoder.append(self ? ElementCode.isTrue : ElementCode.isFalse)
    }

    /// Reads a truth value.
    ///
    /// - Throws: what the bytes are instead.
    @inlinable
    public init(decoding decoder: inout KeyDecoder) throws(KeyCodingError) {
        self = try decoder.peekCode() == ElementCode.isTrue
        try decoder.take(self ? ElementCode.isTrue : ElementCode.isFalse)
    }
}

extension Optional: KeyCodable where Wrapped: KeyElement {
    /// Writes null, which comes before everything, or the value.
    @inlinable
    public func encode(into encoder: inout KeyEncoder) {
        switch self {
        case nil: encoder.appendNull()
        // An optional of an optional: nested, so that it can be told which of them is nil.
        case .some(let value) where Wrapped.hasNull: encoder.nested { value.encode(into: &$0) }
        case .some(let value): value.encode(into: &encoder)
        }
    }

    /// Reads null or a value.
    ///
    /// - Throws: what the bytes are instead.
    @inlinable
    public init(decoding decoder: inout KeyDecoder) throws(KeyCodingError) {
        if try decoder.takeNull() {
            self = nil
        } else if Wrapped.hasNull {
            self = try decoder.nested { (decoder) throws(KeyCodingError) in try Wrapped(decoding: &decoder) }
        } else {
            self = try Wrapped(decoding: &decoder)
        }
    }
}

extension Optional: KeyElement where Wrapped: KeyElement {
    /// True.
    @inlinable public static var hasNull: Bool { true }
}
