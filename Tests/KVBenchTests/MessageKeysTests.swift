import Testing

@testable import KVBench

@Suite("Keys of the message store")
struct MessageKeysTests {
    @Test("Have the documented form")
    func form() {
        var keys = MessageKeys(streams: 100)
        keys.setGlobalPosition(42)
        keys.setPosition(7, of: 99)
        #expect(text(keys.message) == "M:00000000000000000042")
        #expect(text(keys.category) == "CI:test:00000000000000000042")
        #expect(text(keys.position(99)) == "SI:test-stream-99:00000000000000000007")
        #expect(text(keys.positionPrefix(99)) == "SI:test-stream-99:")
        #expect(text(keys.version(0)) == "VI:test-stream-0")
        #expect(text(keys.globalPosition) == "GP")
        #expect(text(keys.name(5)) == "test-stream-5")
    }

    @Test("Can be set again and again")
    func reuse() {
        var keys = MessageKeys(streams: 2)
        keys.setGlobalPosition(.max)
        keys.setGlobalPosition(1)
        #expect(text(keys.message) == "M:00000000000000000001")
    }

    @Test("The positions of one stream are not those of a stream whose name goes on")
    func prefixes() {
        let keys = MessageKeys(streams: 100)
        #expect(!keys.position(10).starts(with: keys.positionPrefix(1)))
    }

    @Test(
        "Numbers keep their order and are read back",
        arguments: [0, 1, 9, 10, 99, 100, 12_345, 1 << 40, UInt64(Int.max), .max])
    func numbers(number: UInt64) throws {
        var digits = MessageKeys.zero
        Digits.write(number, into: &digits, at: 0)
        #expect(text(digits) == String(repeating: "0", count: 20 - "\(number)".count) + "\(number)")
        #expect(try MessageKeys.number(digits.span.bytes) == number)
        #expect(Digits.count(number) == "\(number)".count)
    }

    @Test(
        "What is not 20 digits is no number",
        arguments: [
            "", "1", "0000000000000000000x", "000000000000000000001", "-0000000000000000001", "99999999999999999999",
        ])
    func notNumbers(wrong: String) {
        #expect(throws: WrongAnswer.self) { try MessageKeys.number(Array(wrong.utf8).span.bytes) }
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
