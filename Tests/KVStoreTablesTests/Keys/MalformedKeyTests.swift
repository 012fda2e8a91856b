import Foundation
import KVStoreInterface
import KVStoreTables
import Testing

@Suite("Bytes that are no keys give errors")
struct MalformedKeyTests {
    @Test("Each kind of damage has its error and its place")
    func errors() throws {
        func check<Key: KeyCodable>(_: Key.Type, _ bytes: [UInt8], _ code: KeyCodingError.Code, at offset: Int) {
            #expect(throws: KeyCodingError(code, at: offset), "\(bytes)") { try Key(encodedKey: bytes) }
        }
        check(Int.self, [], .truncated, at: 0)
        check(Int.self, [0x16, 1], .truncated, at: 2)
        check(Int.self, [0x02, 0], .wrongType, at: 0)
        check(Int.self, [0x15, 0], .malformed, at: 0)
        check(Int.self, [0x13, 0xFF], .malformed, at: 0)
        check(Int128.self, [0x1D, 8, 1, 1, 1, 1, 1, 1, 1, 1], .malformed, at: 0)
        check(Int128.self, [0x1D, 17] + [UInt8](repeating: 1, count: 17), .outOfRange, at: 0)
        check(Int128.self, UInt128.max.encodedKey, .outOfRange, at: 0)
        check(String.self, [0x02, 0x61], .truncated, at: 2)
        check(String.self, [0x02, 0xC3, 0x28, 0], .invalidText, at: 0)
        check(String.self, [0x02, 0x61, 0, 0x14], .trailingBytes, at: 3)
        check(KeyTuple<String, Int>.self, [0x02, 0x61, 0], .truncated, at: 3)
        check(Nested<Int>.self, [0x05, 0x14, 0x14, 0], .trailingBytes, at: 2)
        check(Nested<Int>.self, [0x05, 0x14], .truncated, at: 2)
        check(Nested<Int>.self, [0x05, 0], .truncated, at: 1)
        check(Descending<String>.self, [0xFB, 0x9E, 0xFF], .truncated, at: 3)
        check(Descending<String>.self, [0xFB, 0x9E, 0xFF, 0xFE], .malformed, at: 4)
        check(AnyKeyElement.self, [0xFE], .wrongType, at: 0)
        check(AnyKeyElement.self, [0x33], .wrongType, at: 0)
        check(AnyKeyElement.self, [UInt8](repeating: 0x05, count: 100_000), .tooDeep, at: 64)
    }

    @Test("What became of a key by chance is refused, or is a key that is written so")
    func chance() throws {
        var random = SeededRandom(test: "damaged keys")
        for _ in 0..<randomKeys {
            var bytes = random.key().encodedKey
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0...bytes.count, using: &random)
                let byte: UInt8 =
                    random.oneIn(2)
                    ? [0, 0xFF, 0x05, 0xFB].randomElement(using: &random) ?? 0 : .random(in: 0...255, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0 where place < bytes.count: bytes[place] = byte
                case 1 where place < bytes.count: bytes.remove(at: place)
                default: bytes.insert(byte, at: place)
                }
            }
            try Self.decode(bytes)
        }
    }

    @Test("So is what the fuzzer found, and what it begins with")
    func corpus() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../Fuzz/Corpus/keys")
        let files = try FileManager.default.contentsOfDirectory(
            at: folder.standardized, includingPropertiesForKeys: nil)
        #expect(files.count >= 10)
        for file in files { try Self.decode([UInt8](try Data(contentsOf: file))) }
    }

    private typealias Typed = KeyTuple<
        String?, Int32, Descending<[UInt8]>, Nested<KeyTuple<UUIDBytes?, Descending<Nested<KeyTuple<Bool, Float>>>>>,
        UInt128
    >

    private static func decode(_ bytes: [UInt8]) throws {
        do throws(KeyCodingError) {
            let key = try AnyKey(encodedKey: bytes)
            #expect(key.encodedKey == bytes, "\(key)")
        } catch {
            #expect(error.offset <= bytes.count)
        }
        do throws(KeyCodingError) {
            let key = try Typed(encodedKey: bytes)
            #expect(key.encodedKey == bytes, "\(key)")
        } catch {
            #expect(error.offset <= bytes.count)
        }
    }
}
