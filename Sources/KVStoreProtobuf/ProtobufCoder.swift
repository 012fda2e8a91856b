#if Protobuf
    internal import KVStoreInterface
    public import KVStoreTables
    public import SwiftProtobuf

    /// Values that are protobuf messages, in its binary format. Fields that a later version of the message has are kept by
    /// programs that do not know them, as protobuf does.
    public struct ProtobufCoder<Value: Message>: ValueCoder {
        private static var options: BinaryEncodingOptions {
            var options = BinaryEncodingOptions()
            options.useDeterministicOrdering = true
            return options
        }

        /// The coder.
        public init() {}

        /// Appends the message, with map fields in order, so that equal messages are equal bytes.
        ///
        /// - Throws: SwiftProtobuf's `BinaryEncodingError`, such as for a required field that is not set.
        public func encode(_ value: Value, into bytes: inout [UInt8]) throws {
            let message: [UInt8] = try value.serializedBytes(options: Self.options)
            if bytes.isEmpty { bytes = message } else { bytes += message }
        }

        /// Reads a message of all of the bytes. No bytes are a message with no field set.
        ///
        /// - Throws: SwiftProtobuf's `BinaryDecodingError` for bytes that are no such message.
        public func decode(_ bytes: RawSpan) throws -> Value {
            try Value(serializedBytes: bytes.withUnsafeBytes { [UInt8]($0) })
        }
    }

    extension ValueCoder {
        /// Protobuf messages, in its binary format.
        public static func protobuf<Value: Message>(_: Value.Type = Value.self) -> ProtobufCoder<Value>
        where Self == ProtobufCoder<Value> {
            ProtobufCoder()
        }
    }
#endif
