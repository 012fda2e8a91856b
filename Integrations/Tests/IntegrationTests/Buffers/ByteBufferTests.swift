import KVStore
import KVStoreNIO
import NIOCore
import Testing

@Suite("Buffers of swift-nio are bytes")
struct ByteBufferTests {
    @Test("What is readable is the key and the value, and stays to be read")
    func roundTrip() async throws {
        let store = try await Store.inMemory()
        let space = try await store.namespace("n", createIfMissing: true)
        var key = ByteBuffer(string: "not the key")
        key.moveReaderIndex(forwardBy: 8)
        let value = ByteBuffer(bytes: Array(0...255))
        try await space.put(key, value)
        #expect(try await space.get("key") == Array(0...255))
        #expect(try await space.get(key).map { ByteBuffer(bytes: $0) } == value)
        #expect(key.readableBytes == 3 && value.readableBytes == 256)
        try await space.put(ByteBuffer(), ByteBuffer())
        #expect(try await space.get("") == [])
        try await store.close()
    }
}
