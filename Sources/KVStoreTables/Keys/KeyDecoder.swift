/// Where a key is read from.
///
/// A value of your own reads its parts with ``decode()``, in the order in which they were written. After an error it is
/// somewhere in the key.
public struct KeyDecoder: ~Copyable {
    // Points into what `decode(_:_:)` was given. Nobody else can make one, and it cannot be copied, so it stays there.
    @usableFromInline let bytes: UnsafeRawBufferPointer
    /// Where it is, in bytes from the beginning of the key.
    public var position: Int { offset }
    @usableFromInline var offset = 0
    /// Inverts what is read within a descending element.
    @usableFromInline var mask: UInt8 = 0
    /// Whether the next code is that of a descending element.
    @usableFromInline var beginsDescending = false
    /// How many nested keys this is in.
    @usableFromInline var depth = 0

    @usableFromInline
    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// Decodes all of some bytes.
    @usableFromInline
    static func decode<Value>(
        _ bytes: RawSpan, _ body: (inout KeyDecoder) throws(KeyCodingError) -> Value
    ) throws(KeyCodingError) -> Value {
        try bytes.withUnsafeBytes { (bytes) throws(KeyCodingError) -> Value in
            var decoder = KeyDecoder(bytes)
            let value = try body(&decoder)
            guard decoder.offset == bytes.count else { throw decoder.error(.trailingBytes) }
            return value
        }
    }

    /// Reads values, one after another. What their types are follows from what they are put into.
    ///
    /// - Throws: what the bytes are instead.
    @inlinable
    public mutating func decode<each Part: KeyCodable>() throws(KeyCodingError) -> (repeat each Part) {
        (repeat try (each Part)(decoding: &self))
    }

    /// Whether the key has no more elements, or the nested key that is being read has none.
    @inlinable
    public var isAtEnd: Bool {
        guard depth > 0 else { return offset == bytes.count }
        return byte(at: offset) == 0 && byte(at: offset + 1) != 0xFF
    }

    @inlinable
    func error(_ code: KeyCodingError.Code) -> KeyCodingError { KeyCodingError(code, at: offset) }

    /// A byte, as it was before it was inverted; nil behind the last.
    @inlinable
    func byte(at place: Int) -> UInt8? { place < bytes.count ? bytes[place] ^ mask : nil }

    @inlinable
    mutating func next() throws(KeyCodingError) -> UInt8 {
        guard let byte = byte(at: offset) else { throw error(.truncated) }
        offset &+= 1
        return byte
    }

    /// The code of the element that comes next.
    @inlinable
    func peekCode() throws(KeyCodingError) -> UInt8 {
        guard offset < bytes.count, beginsDescending || !isAtEnd else { throw error(.truncated) }
        let byte = bytes[offset] ^ mask
        return beginsDescending ? ElementCode.inverted(~byte) : byte
    }

    @inlinable
    mutating func nextCode() throws(KeyCodingError) -> UInt8 {
        let code = try peekCode()
        beginsDescending = false
        offset &+= 1
        return code
    }

    /// Moves behind the code of the next element, which has to be that.
    @inlinable
    mutating func take(_ code: UInt8) throws(KeyCodingError) {
        guard try peekCode() == code else { throw error(.wrongType) }
        beginsDescending = false
        offset &+= 1
    }

    /// Moves behind a null element, if one comes next.
    @inlinable
    mutating func takeNull() throws(KeyCodingError) -> Bool {
        guard try peekCode() == ElementCode.null else { return false }
        beginsDescending = false
        offset &+= 1
        if depth > 0 {
            guard try next() == 0xFF else { throw error(.malformed) }
        }
        return true
    }

    /// Reads with `body` what was written as a descending element.
    @inlinable
    mutating func descending<Value>(
        _ body: (inout KeyDecoder) throws(KeyCodingError) -> Value
    ) throws(KeyCodingError) -> Value {
        mask = ~mask
        beginsDescending.toggle()
        let code = try peekCode()
        let value = try body(&self)
        if ElementCode.isTerminated(code) {
            guard try next() == 0 else { throw error(.malformed) }
        }
        mask = ~mask
        return value
    }

    /// Reads with `body` what was written as a nested key.
    @inlinable
    mutating func nested<Value>(
        _ body: (inout KeyDecoder) throws(KeyCodingError) -> Value
    ) throws(KeyCodingError) -> Value {
        try take(ElementCode.nested)
        depth += 1
        let value = try body(&self)
        guard isAtEnd else { throw error(offset < bytes.count ? .trailingBytes : .truncated) }
        depth -= 1
        offset &+= 1
        return value
    }

    /// Reads a number of up to eight bytes, the highest first.
    @inlinable
    mutating func number(byteCount: Int) throws(KeyCodingError) -> UInt64 {
        guard byteCount <= bytes.count - offset else {
            offset = bytes.count
            throw error(.truncated)
        }
        var number: UInt64 = 0
        for _ in 0..<byteCount {
            number = number << 8 | UInt64(bytes[offset] ^ mask)
            offset &+= 1
        }
        return number
    }

    /// Calls `body` with bytes whose zeros were escaped, and moves behind their end.
    @usableFromInline
    mutating func withEscaped<Value>(
        _ body: (UnsafeRawBufferPointer) -> Value
    ) throws(KeyCodingError) -> Value {
        let first = offset
        let zero: UInt8 = mask
        while offset < bytes.count, bytes[offset] != zero { offset &+= 1 }
        guard offset < bytes.count else { throw error(.truncated) }
        if mask == 0, byte(at: offset + 1) != 0xFF {
            defer { offset &+= 1 }
            return body(UnsafeRawBufferPointer(rebasing: bytes[first..<offset]))
        }
        offset = first
        var unescaped: [UInt8] = []
        while true {
            let byte = try next()
            if byte == 0 {
                guard self.byte(at: offset) == 0xFF else { break }
                offset &+= 1
            }
            unescaped.append(byte)
        }
        return unescaped.withUnsafeBytes(body)
    }
}
