public import KVStoreInterface

/// What can be a key, or a part of one: encoded so that the order of the bytes is the order of the values.
///
/// One value is one or more elements, each of them a ``KeyElement``. A type of your own encodes its parts one after another
/// and decodes them in the same order:
///
/// ```swift
/// struct OrderKey: KeyCodable {
///     var customer: String
///     var number: Int
///
///     func encode(into encoder: inout KeyEncoder) { encoder.encode(customer, number) }
///
///     init(decoding decoder: inout KeyDecoder) throws(KeyCodingError) {
///         (customer, number) = try decoder.decode()
///     }
/// }
/// ```
///
/// Keys without a type of their own are ``KeyTuple``. The bytes are those of FoundationDB's tuple layer where it has them.
public protocol KeyCodable {
    /// Writes its elements.
    func encode(into encoder: inout KeyEncoder)

    /// Reads what ``encode(into:)`` wrote.
    ///
    /// - Throws: what the bytes are instead. Whatever they are, decoding ends with a value or an error.
    init(decoding decoder: inout KeyDecoder) throws(KeyCodingError)
}

/// What is encoded as exactly one element of a key: text, bytes, a number, a truth value, a UUID, a moment, an optional of
/// these, or a ``Nested`` key.
///
/// A type whose raw value is one becomes one by saying so: `enum Color: String, KeyElement { ... }`.
public protocol KeyElement: KeyCodable {
    /// Whether one of its values is encoded as the null element. False unless a type says otherwise; optionals do.
    static var hasNull: Bool { get }
}

extension KeyElement {
    /// False: none of its values is null.
    @inlinable public static var hasNull: Bool { false }
}

extension KeyCodable {
    /// Calls `body` with the encoded key, which is valid until it returns. Short ones are written to the stack.
    @inlinable
    public func withEncodedKey<Result: ~Copyable, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try withUnsafeTemporaryAllocation(byteCount: KeyEncoder.usualSize, alignment: 8) {
            (room) throws(Failure) -> Result in
            var encoder = KeyEncoder(room)
            encode(into: &encoder)
            return try encoder.withBytes(body)
        }
    }

    /// The encoded key.
    @inlinable public var encodedKey: [UInt8] { withEncodedKey { Array($0) } }

    /// Decodes a key from bytes that hold nothing else.
    ///
    /// - Throws: what the bytes are instead; `.trailingBytes` when the key ends before they do.
    @inlinable
    public init(encodedKey bytes: borrowing some Bytes & ~Copyable & ~Escapable) throws(KeyCodingError) {
        self = try bytes.withBytes { (bytes) throws(KeyCodingError) -> Self in
            try KeyDecoder.decode(bytes) { (decoder) throws(KeyCodingError) -> Self in try Self(decoding: &decoder) }
        }
    }
}

extension RawRepresentable where Self: KeyElement, RawValue: KeyElement {
    /// Writes the raw value.
    @inlinable public func encode(into encoder: inout KeyEncoder) { rawValue.encode(into: &encoder) }

    /// Reads the raw value.
    ///
    /// - Throws: `.outOfRange` when the type has no such value; what the bytes are instead.
    @inlinable
    public init(decoding decoder: inout KeyDecoder) throws(KeyCodingError) {
        let start = decoder.position
        guard let value = Self(rawValue: try RawValue(decoding: &decoder)) else {
            throw KeyCodingError(.outOfRange, at: start)
        }
        self = value
    }

    /// Whether the raw value can be null.
    @inlinable public static var hasNull: Bool { RawValue.hasNull }
}
