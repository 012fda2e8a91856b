import Foundation
import Testing

@testable import KVBench

@Suite("Messages")
struct MessageFormatTests {
    private struct Message: Decodable {
        struct Content: Decodable { let value: String }
        struct Metadata: Decodable { let category: String }
        let id: String
        let type: String
        let stream: String
        let position: UInt64
        let globalPosition: UInt64
        let data: Content
        let metadata: Metadata
        let time: UInt64
    }

    @Test("Are JSON that says where they stand")
    func content() throws {
        let bytes = message(stream: 7, position: 12, globalPosition: 3456)
        let decoded = try JSONDecoder().decode(Message.self, from: Data(bytes))
        #expect(decoded.stream == "test-stream-7")
        #expect(decoded.position == 12)
        #expect(decoded.globalPosition == 3456)
        #expect(decoded.type == "TestEvent")
        #expect(decoded.metadata.category == "test")
        #expect(decoded.id.count == 32)
        #expect(!decoded.data.value.isEmpty)
    }

    @Test("Have exactly the size asked for", arguments: [MessageFormat.minimumSize, 350, 351, 4096, 100_000])
    func size(size: Int) throws {
        for (position, globalPosition) in [(0, 1), (UInt64.max, UInt64.max), (99, 1_000_000)] {
            let bytes = message(stream: 99, position: position, globalPosition: globalPosition, size: size)
            #expect(bytes.count == size)
            #expect(throws: Never.self) { try JSONDecoder().decode(Message.self, from: Data(bytes)) }
        }
    }

    @Test("Follow from their place and the seed alone")
    func determinism() {
        let one = message(stream: 1, position: 2, globalPosition: 3)
        #expect(one == message(stream: 1, position: 2, globalPosition: 3))
        #expect(one != message(stream: 2, position: 2, globalPosition: 3))
        #expect(one != message(stream: 1, position: 3, globalPosition: 3))
        #expect(one != message(stream: 1, position: 2, globalPosition: 4))
        #expect(one != message(stream: 1, position: 2, globalPosition: 3, seed: 2))
    }

    private func message(
        stream: Int, position: UInt64, globalPosition: UInt64, size: Int = 350, seed: UInt64 = 1
    ) -> [UInt8] {
        var bytes = Array("left over from before".utf8)
        MessageFormat(size: size, seed: seed)
            .write(stream: stream, position: position, globalPosition: globalPosition, into: &bytes)
        return bytes
    }
}
