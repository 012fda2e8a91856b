extension String: KeyElement {
    /// Writes its UTF-8, by which text is ordered: not as Swift compares text.
    @inlinable
    public func encode(into encoder: inout KeyEncoder) {
        encoder.append(ElementCode.string)
        encoder.appendEscaped(utf8.span.bytes)
        encoder.append(0)
    }

    /// Reads text.
    ///
    /// - Throws: `.invalidText` for what is not UTF-8; what the bytes are instead.
    @inlinable
    public init(decoding decoder: inout KeyDecoder) throws(KeyCodingError) {
        let start = decoder.position
        try decoder.take(ElementCode.string)
        guard let text = try decoder.withEscaped({ String(validating: $0, as: UTF8.self) }) else {
            throw KeyCodingError(.invalidText, at: start)
        }
        self = text
    }
}

extension Array: KeyCodable where Element == UInt8 {
    /// Writes its bytes.
    @inlinable
    public func encode(into encoder: inout KeyEncoder) {
        encoder.append(ElementCode.bytes)
        encoder.appendEscaped(span.bytes)
        encoder.append(0)
    }

    /// Reads bytes.
    ///
    /// - Throws: what they are instead.
    @inlinable
    public init(decoding decoder: inout KeyDecoder) throws(KeyCodingError) {
        try decoder.take(ElementCode.bytes)
        self = try decoder.withEscaped { Array($0) }
    }
}

extension Array: KeyElement where Element == UInt8 {}
