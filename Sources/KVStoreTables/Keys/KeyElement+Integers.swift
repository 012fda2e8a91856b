extension Int: KeyElement {}
extension Int8: KeyElement {}
extension Int16: KeyElement {}
extension Int32: KeyElement {}
extension Int64: KeyElement {}
extension Int128: KeyElement {}
extension UInt: KeyElement {}
extension UInt8: KeyElement {}
extension UInt16: KeyElement {}
extension UInt32: KeyElement {}
extension UInt64: KeyElement {}
extension UInt128: KeyElement {}

extension KeyElement where Self: FixedWidthInteger {
    /// Writes the number in as few bytes as it takes: the same whatever the type's width and sign.
    @inlinable
    public func encode(into encoder: inout KeyEncoder) {
        let isNegative = self < (0 as Self)
        guard let magnitude = UInt64(exactly: magnitude) else {
            return encoder.append(wide: UInt128(truncatingIfNeeded: magnitude), isNegative: isNegative)
        }
        let byteCount = (64 - magnitude.leadingZeroBitCount + 7) / 8
        if isNegative {
            encoder.append(ElementCode.zero - UInt8(truncatingIfNeeded: byteCount))
            encoder.append(~magnitude, byteCount: byteCount)
        } else {
            encoder.append(ElementCode.zero + UInt8(truncatingIfNeeded: byteCount))
            encoder.append(magnitude, byteCount: byteCount)
        }
    }

    /// Reads a number, of whatever width it was written.
    ///
    /// - Throws: `.outOfRange` for one that the type does not have; what the bytes are instead.
    @inlinable
    public init(decoding decoder: inout KeyDecoder) throws(KeyCodingError) {
        let start = decoder.position
        let (magnitude, isNegative) = try decoder.integer()
        if !isNegative, let number = Self(exactly: magnitude) {
            self = number
        } else if isNegative, Self.isSigned, let magnitude = Magnitude(exactly: magnitude),
            magnitude <= Self.min.magnitude
        {
            self = (0 as Self) &- Self(truncatingIfNeeded: magnitude)
        } else {
            throw KeyCodingError(.outOfRange, at: start)
        }
    }
}

extension KeyEncoder {
    /// Writes a number of more than eight bytes.
    @usableFromInline
    mutating func append(wide magnitude: UInt128, isNegative: Bool) {
        let byteCount = (128 - magnitude.leadingZeroBitCount + 7) / 8
        let length = UInt8(truncatingIfNeeded: byteCount)
        let digits = isNegative ? ~magnitude : magnitude
        append(isNegative ? ElementCode.wideNegative : ElementCode.widePositive)
        append(isNegative ? ~length : length)
        append(UInt64(truncatingIfNeeded: digits >> 64), byteCount: byteCount - 8)
        append(UInt64(truncatingIfNeeded: digits), byteCount: 8)
    }
}

extension KeyDecoder {
    /// Reads an integer of up to sixteen bytes, written in as few as it takes.
    @usableFromInline
    mutating func integer() throws(KeyCodingError) -> (magnitude: UInt128, isNegative: Bool) {
        let start = offset
        let code = try peekCode()
        guard ElementCode.wideNegative...ElementCode.widePositive ~= code else { throw error(.wrongType) }
        _ = try nextCode()
        let isNegative = code < ElementCode.zero
        var byteCount = isNegative ? Int(ElementCode.zero - code) : Int(code - ElementCode.zero)
        if byteCount > 8 {
            let length = try next()
            byteCount = Int(isNegative ? ~length : length)
            guard byteCount > 8 else { throw KeyCodingError(.malformed, at: start) }
            guard byteCount <= 16 else { throw KeyCodingError(.outOfRange, at: start) }
        }
        guard byteCount > 0 else { return (0, false) }
        let high = try number(byteCount: Swift.max(byteCount - 8, 0))
        let low = try number(byteCount: Swift.min(byteCount, 8))
        var magnitude = UInt128(high) << 64 | UInt128(low)
        if isNegative { magnitude = ~magnitude & (UInt128.max >> (128 - 8 * UInt128(byteCount))) }
        guard magnitude >> (8 * UInt128(byteCount - 1)) != 0 else { throw KeyCodingError(.malformed, at: start) }
        return (magnitude, isNegative)
    }
}
