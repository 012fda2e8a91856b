import Foundation
import KVStoreFoundation
import KVStoreInterface
import KVStoreTables
import Testing

@Suite("The bytes of keys stay what they are")
struct KeyBytesTests {
    @Test(
        "Golden keys decode to what they were, and are written again as they are",
        arguments: ["foundationdb.txt", "keys-1.txt"])
    func golden(_ name: String) throws {
        let lines = try String(contentsOf: .golden(name), encoding: .utf8).split(separator: "\n")
        #expect(lines.count > 60)
        for line in lines where !line.hasPrefix("#") {
            let fields = line.split(separator: "\t", maxSplits: 1)
            let bytes = try #require([UInt8](hexadecimal: String(fields[0])))
            let key = try AnyKey(encodedKey: bytes)
            #expect(key.description == fields[1])
            #expect(key.encodedKey == bytes, "\(line)")
        }
    }

    @Test("Foundation's types are bytes, a UUID and a floating-point number")
    func foundation() throws {
        let uuid = try #require(UUID(uuidString: "00112233-4455-6677-8899-AABBCCDDEEFF"))
        #expect(uuid.encodedKey.hexadecimal == "3000112233445566778899aabbccddeeff")
        #expect(try UUID(encodedKey: uuid.encodedKey) == uuid)
        #expect(Data([1, 0, 2]).encodedKey == [1, 0, 2].encodedKey)
        #expect(try Data(encodedKey: [1, 0, 2].encodedKey) == Data([1, 0, 2]))
        for seconds in [-1e10, -0.1, 0, 1.0 / 3, 786_000_000.123456] {
            let date = Date(timeIntervalSinceReferenceDate: seconds)
            #expect(date.encodedKey == seconds.encodedKey)
            #expect(try Date(encodedKey: date.encodedKey) == date)
        }
        let data = Data([9, 8])
        #expect(data.withBytes { Array($0) } == [9, 8])
    }
}

extension URL {
    static func golden(_ name: String) -> URL {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Golden/\(name)").standardized
    }
}

extension [UInt8] {
    var hexadecimal: String { map { String(format: "%02x", $0) }.joined() }

    init?(hexadecimal: String) {
        self = []
        var rest = Substring(hexadecimal)
        while !rest.isEmpty {
            guard let byte = UInt8(rest.prefix(2), radix: 16) else { return nil }
            append(byte)
            rest = rest.dropFirst(2)
        }
    }
}
