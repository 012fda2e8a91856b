import KVStore
import KVStoreProtobuf
import KVStoreTables
import SwiftProtobuf
import SystemPackage
import Testing

@Suite("Values that are protobuf messages")
struct ProtobufTests {
    private static func settings(_ size: Int) -> Google_Protobuf_Struct {
        let fields = (0..<size).map { ("field \($0)", Google_Protobuf_Value(numberValue: Double($0))) }
        return Google_Protobuf_Struct(fields: Dictionary(uniqueKeysWithValues: fields))
    }

    @Test("A table has them, and finds the bytes of the wire format where others wrote them")
    func table() async throws {
        try await withTemporaryStore { store in
            let namespace = try await store.createNamespace("settings")
            let settings = Table("settings", key: Int.self, value: .protobuf(Google_Protobuf_Struct.self))
            for size in [0, 1, 100] { try await settings.put(size, Self.settings(size), in: namespace) }
            for size in [0, 1, 100] { #expect(try await settings.get(size, in: namespace) == Self.settings(size)) }

            // Field 1, three bytes: https://protobuf.dev/programming-guides/encoding
            let texts = Table(key: String.self, value: .protobuf(Google_Protobuf_StringValue.self))
            try await texts.put("text", Google_Protobuf_StringValue("abc"), in: namespace)
            #expect(try await namespace.get(KeyTuple("text")) == [10, 3, 97, 98, 99])
        }
    }

    @Test("Equal messages are equal bytes, whatever the order in which their fields were set")
    func order() throws {
        var coded: Set<[UInt8]> = []
        for _ in 0..<20 {
            var message = Google_Protobuf_Struct()
            for index in (0..<50).shuffled() { message.fields["\(index)"] = Google_Protobuf_Value(numberValue: 1) }
            var bytes: [UInt8] = []
            try ProtobufCoder().encode(message, into: &bytes)
            coded.insert(bytes)
        }
        #expect(coded.count == 1)
    }

    @Test("What is no message is an error, and what is behind other bytes is kept behind them")
    func bytes() throws {
        let coder = ProtobufCoder<Google_Protobuf_StringValue>()
        func decode(_ bytes: [UInt8]) throws -> Google_Protobuf_StringValue { try coder.decode(bytes.span.bytes) }
        #expect(throws: (any Error).self) { try decode([10, 3, 97]) }
        #expect(throws: (any Error).self) { try decode([255]) }
        #expect(try decode([]) == Google_Protobuf_StringValue())
        var bytes: [UInt8] = [7]
        try coder.encode(Google_Protobuf_StringValue("a"), into: &bytes)
        #expect(bytes == [7, 10, 1, 97])
    }
}
