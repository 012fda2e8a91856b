public import FoundationEssentials
internal import KVStoreInterface
public import KVStoreTables

/// Values that are `Codable`, as JSON.
public struct JSONCoder<Value: Codable>: ValueCoder {
    private let encoder: JSONEncoder
    private let decoder: JSONDecoder

    /// The coder.
    ///
    /// - Parameters:
    ///   - encoder: what encodes; by default Foundation's, with keys in order, so that equal values are equal bytes.
    ///   - decoder: what decodes; by default Foundation's.
    public init(encoder: JSONEncoder = .ordered(), decoder: JSONDecoder = JSONDecoder()) {
        self.encoder = encoder
        self.decoder = decoder
    }

    /// Appends the JSON.
    ///
    /// - Throws: what the value and Foundation throw.
    public func encode(_ value: Value, into bytes: inout [UInt8]) throws {
        bytes.append(contentsOf: try encoder.encode(value))
    }

    /// Reads the JSON.
    ///
    /// - Throws: what the value and Foundation throw.
    public func decode(_ bytes: RawSpan) throws -> Value {
        try bytes.withUnsafeBytes { try decoder.decode(Value.self, from: Data($0)) }
    }
}

extension ValueCoder {
    /// What is `Codable`, as JSON.
    public static func json<Value: Codable>(_: Value.Type = Value.self) -> JSONCoder<Value>
    where Self == JSONCoder<Value> {
        JSONCoder()
    }
}

extension JSONEncoder {
    /// One with Foundation's defaults that writes keys in order.
    public static func ordered() -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }
}
