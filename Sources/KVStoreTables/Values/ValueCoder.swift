internal import KVStoreInterface

/// How a table's values become bytes, and values again. You pick it when you declare the table.
///
/// ``BytesCoder``, ``TextCoder`` and ``KeyCoder`` are here, JSON is in the module `KVStoreFoundation`, protobuf in
/// `KVStoreProtobuf`; for another format, conform a type of your own to it. ``VersionedCoder`` lets values change their form
/// later.
public protocol ValueCoder<Value>: Sendable {
    /// What is stored.
    associatedtype Value

    /// Appends the value's bytes.
    ///
    /// - Throws: whatever the format throws; nothing is written to the store then.
    func encode(_ value: Value, into bytes: inout [UInt8]) throws

    /// Makes a value of all of the bytes.
    ///
    /// - Throws: whatever the format throws for bytes that it did not write.
    func decode(_ bytes: RawSpan) throws -> Value

    /// Whether the bytes are as the coder writes them now: false for an earlier version.
    func isCurrent(_ bytes: RawSpan) -> Bool
}

extension ValueCoder {
    /// True.
    public func isCurrent(_ bytes: RawSpan) -> Bool { true }
}

/// Values that are bytes, as they are.
public struct BytesCoder: ValueCoder {
    /// The coder.
    public init() {}

    /// Appends the bytes.
    public func encode(_ value: [UInt8], into bytes: inout [UInt8]) {
        if bytes.isEmpty { bytes = value } else { bytes += value }
    }

    /// Copies the bytes.
    public func decode(_ bytes: RawSpan) -> [UInt8] { Array(bytes) }
}

/// Values that are text, as UTF-8.
public struct TextCoder: ValueCoder {
    /// The coder.
    public init() {}

    /// Appends the UTF-8.
    public func encode(_ value: String, into bytes: inout [UInt8]) { bytes.append(contentsOf: value.utf8) }

    /// Reads the UTF-8.
    ///
    /// - Throws: ``TableError`` `.malformedValue` for what is not UTF-8.
    public func decode(_ bytes: RawSpan) throws -> String {
        guard let text = bytes.withUnsafeBytes({ String(validating: $0, as: UTF8.self) }) else {
            throw TableError(.malformedValue, "the value is not UTF-8")
        }
        return text
    }
}

/// Values that are encoded as keys are: numbers, UUIDs, truth values, tuples of them.
public struct KeyCoder<Value: KeyCodable>: ValueCoder {
    /// The coder.
    public init() {}

    /// Appends the encoded key.
    public func encode(_ value: Value, into bytes: inout [UInt8]) {
        value.withEncodedKey { key in key.withUnsafeBytes { bytes.append(contentsOf: $0) } }
    }

    /// Decodes the key.
    ///
    /// - Throws: ``KeyCodingError``.
    public func decode(_ bytes: RawSpan) throws -> Value { try Value(encodedKey: bytes) }
}

extension ValueCoder where Self == BytesCoder {
    /// Bytes, as they are.
    public static var bytes: BytesCoder { BytesCoder() }
}

extension ValueCoder where Self == TextCoder {
    /// Text, as UTF-8.
    public static var text: TextCoder { TextCoder() }
}

extension ValueCoder {
    /// What can be a key, encoded as one: integers, UUIDs, tuples.
    public static func key<Value: KeyCodable>(_: Value.Type = Value.self) -> KeyCoder<Value>
    where Self == KeyCoder<Value> {
        KeyCoder()
    }
}
