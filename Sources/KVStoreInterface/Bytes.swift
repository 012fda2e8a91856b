/// A run of contiguous bytes that can be a key or a value: strings, byte arrays and slices, raw spans and buffers.
///
/// Bytes are bytes: lengths are explicit, NUL and 0xFF are ordinary, the empty run is a legal key and a legal value.
/// Strings are their UTF-8. Keys are ordered as unsigned bytes, a shorter key before a longer one that it begins.
///
/// Conform a type of your own when it already holds its encoding in one piece; to encode integers so that their order
/// is kept, write them big-endian.
public protocol Bytes: ~Copyable, ~Escapable {
    /// Calls `body` with the bytes, which are valid only until it returns. Nothing is copied where the type is already
    /// contiguous.
    func withBytes<Result: ~Copyable, Failure: Error>(_ body: (RawSpan) throws(Failure) -> Result) throws(Failure)
        -> Result
}

extension RawSpan: Bytes {
    @inlinable
    public func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(self)
    }
}

extension String: Bytes {
    @inlinable
    public func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(utf8.span.bytes)
    }
}

extension Substring: Bytes {
    @inlinable
    public func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(utf8.span.bytes)
    }
}

extension StaticString: Bytes {
    @inlinable
    public func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // A static string of one scalar has no pointer, so the detour through String.
        try description.withBytes(body)
    }
}

extension Array: Bytes where Element == UInt8 {
    @inlinable
    public func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(span.bytes)
    }
}

extension ArraySlice: Bytes where Element == UInt8 {
    @inlinable
    public func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(span.bytes)
    }
}

extension ContiguousArray: Bytes where Element == UInt8 {
    @inlinable
    public func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(span.bytes)
    }
}

extension UnsafeRawBufferPointer: Bytes {
    @inlinable
    public func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(bytes)
    }
}

extension UnsafeBufferPointer: Bytes where Element == UInt8 {
    @inlinable
    public func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(span.bytes)
    }
}

extension Array where Element == UInt8 {
    /// A copy of the bytes of a span: one allocation, one copy.
    @inlinable
    public init(_ bytes: RawSpan) {
        self = bytes.withUnsafeBytes { Array($0) }
    }
}

extension String {
    /// The bytes read as UTF-8; what is not valid UTF-8 becomes U+FFFD.
    @inlinable
    public init(_ bytes: RawSpan) {
        self = bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }
}
