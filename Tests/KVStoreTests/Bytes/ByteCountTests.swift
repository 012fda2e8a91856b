import Foundation
import KVStore
import Testing

@Suite("Sizes in bytes")
struct ByteCountTests {
    @Test(
        "They are described in the largest unit that fits",
        arguments: [
            (.bytes(0), "0 B"), (.bytes(1), "1 B"), (.bytes(700), "700 B"), (.bytes(1023), "1023 B"),
            (.bytes(1024), "1 KiB"), (.kibibytes(64), "64 KiB"), (.bytes(1536), "1.5 KiB"), (.mebibytes(1), "1 MiB"),
            (.kibibytes(1536), "1.5 MiB"), (.mebibytes(256), "256 MiB"), (.gibibytes(1), "1 GiB"),
            (.gibibytes(64), "64 GiB"), (.gibibytes(2048), "2 TiB"), (.gibibytes(3 << 20), "3 PiB"),
            (.gibibytes(5 << 30), "5120 PiB"), (.bytes(-1), "-1 B"), (.mebibytes(-3), "-3 MiB"),
            (.bytes(.max), "8192.0 PiB"), (.bytes(.min), "-8192 PiB"),
        ] as [(ByteCount, String)])
    func description(_ size: ByteCount, _ text: String) {
        #expect("\(size)" == text)
    }

    @Test("The units are powers of 1,024")
    func units() {
        #expect(ByteCount.bytes(3).bytes == 3)
        #expect(ByteCount.kibibytes(3).bytes == 3 * 1024)
        #expect(ByteCount.mebibytes(3).bytes == 3 * 1024 * 1024)
        #expect(ByteCount.gibibytes(3).bytes == 3 * 1024 * 1024 * 1024)
    }

    @Test("They compare, add up and multiply")
    func arithmetic() {
        #expect(ByteCount.kibibytes(1) < .mebibytes(1))
        #expect(ByteCount.kibibytes(1024) == .mebibytes(1))
        #expect(ByteCount.mebibytes(1) + .mebibytes(2) == .mebibytes(3))
        #expect(4 * ByteCount.mebibytes(256) == .gibibytes(1))
    }

    @Test("What is too large is the largest there is, and not a crash")
    func overflow() {
        #expect(ByteCount.gibibytes(.max) == .bytes(.max))
        #expect(ByteCount.gibibytes(.min) == .bytes(.min))
        #expect(ByteCount.bytes(.max) + .bytes(1) == .bytes(.max))
        #expect(ByteCount.bytes(.min) + .bytes(-1) == .bytes(.min))
        #expect(.max * ByteCount.bytes(-2) == .bytes(.min))
    }

    @Test("In JSON one is its number of bytes")
    func coding() throws {
        let data = try JSONEncoder().encode([ByteCount.kibibytes(1)])
        #expect(String(decoding: data, as: UTF8.self) == "[1024]")
        #expect(try JSONDecoder().decode([ByteCount].self, from: data) == [.kibibytes(1)])
    }
}
