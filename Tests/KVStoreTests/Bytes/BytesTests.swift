import KVStore
import Testing

@Suite("Kinds of bytes")
struct BytesTests {
    @Test(
        "Each gives exactly its bytes", arguments: ["", "a", "key", "\u{0}ä🙂", String(repeating: "long ", count: 100)])
    func conformances(_ text: String) {
        let array = Array(text.utf8)
        let padded: [UInt8] = [1, 2] + array + [3]
        #expect(copy(text) == array)
        #expect(copy(("x" + text + "y").dropFirst().dropLast()) == array)
        #expect(copy(array) == array)
        #expect(copy(padded[2..<(padded.count - 1)]) == array)
        #expect(copy(ContiguousArray(array)) == array)
        #expect(copy(array.span.bytes) == array)
        #expect(array.withUnsafeBytes { copy($0) } == array)
        #expect(array.withUnsafeBufferPointer { copy($0) } == array)
    }

    @Test("Strings that are not stored as UTF-8 at once do too")
    func otherStrings() {
        #expect(copy(String(["k", "e", "y"] as [Character])) == "key".bytes)
        #expect(copy(String(repeating: "🙂", count: 50).dropFirst(49)) == "🙂".bytes)
        // Composed and decomposed forms are other bytes.
        #expect(copy("\u{E9}") != copy("e\u{301}"))
    }

    @Test("Static strings do, those of one scalar too")
    func staticStrings() {
        #expect(copy("key" as StaticString) == "key".bytes)
        #expect(copy("" as StaticString) == [])
        #expect(copy("ä" as StaticString) == "ä".bytes)
    }

    @Test("A buffer without an address is empty")
    func nowhere() {
        #expect(copy(UnsafeRawBufferPointer(start: nil, count: 0)) == [])
        #expect(copy(UnsafeBufferPointer<UInt8>(start: nil, count: 0)) == [])
    }

    @Test("What the closure returns and throws comes through")
    func results() {
        struct Refused: Error, Equatable {}
        #expect("key".withBytes { $0.byteCount } == 3)
        #expect(throws: Refused()) { try "key".withBytes { _ in throw Refused() } }
    }

    @Test("A type of one's own can be a key")
    func ownType() throws {
        struct Position: Bytes {
            let number: UInt64
            func withBytes<Result: ~Copyable, Failure: Error>(
                _ body: (RawSpan) throws(Failure) -> Result
            ) throws(Failure) -> Result {
                // Big-endian, so that the order of the bytes is that of the numbers.
                let bytes = (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) }
                return try body(bytes.span.bytes)
            }
        }
        try withTemporaryStore { _, namespace in
            for number in [256, 1, 65536, 255, 0] { try namespace.put(Position(number: UInt64(number)), "\(number)") }
            let values = try namespace.entries().collect().map { String(decoding: $0.value, as: UTF8.self) }
            #expect(values == ["0", "1", "255", "256", "65536"])
            let upper = try namespace.entries(KeyRange(from: Position(number: 255), to: Position(number: 256)))
                .collect()
            #expect(upper.map(\.value) == ["255".bytes])
        }
    }

    @Test("Spans become arrays and strings")
    func copies() {
        "key".withBytes { span in
            #expect(Array(span) == "key".bytes)
            #expect(String(span) == "key")
        }
        ([0x61, 0xFF] as [UInt8]).withBytes { #expect(String($0) == "a\u{FFFD}") }
    }

    private func copy(_ bytes: borrowing some Bytes & ~Copyable & ~Escapable) -> [UInt8] {
        bytes.withBytes { Array($0) }
    }
}
