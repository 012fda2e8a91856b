import Foundation
import Testing

@testable import KVStore

@Suite("Records of the log are checked before they are given to a reader of changes")
struct ForgedLogTests {
    private func read(
        _ bytes: [UInt8], first: UInt64 = 7, trailer: Int = 0, family: UInt32 = 0
    ) throws -> LogRecord {
        try bytes.withUnsafeBytes { try LogRecord(first, $0, family: family, after: 0, trailerSize: trailer) }
    }

    private static let header = [UInt8](repeating: 0, count: 12)
    /// A put of "k" with the value "v".
    private static let put = header + [0x01, 1, 0x6B, 1, 0x76]

    @Test("A put is read")
    func whole() throws {
        let record = try read(Self.put)
        #expect(record.count == 1 && record.last == 7)
        #expect(record.writes.map(\.write) == [.put(key: "k".bytes, value: "v".bytes)])
    }

    @Test(
        "What is cut off, too long or of no form is damage",
        arguments: [
            [], [0], [UInt8](header.dropLast()),
            [UInt8](put.dropLast()), [UInt8](put.dropLast(2)), [UInt8](put.dropLast(4)),
            header + [0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], header + [0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
            header + [0x01, 0x80], header + [0x42],
            // A column family of more than 32 bits.
            header + [0x05, 0x80, 0x80, 0x80, 0x80, 0x10, 1, 0x6B, 1, 0x76],
        ] as [[UInt8]])
    func damaged(_ bytes: [UInt8]) {
        #expect(throws: EngineFailure.self) { try read(bytes) }
    }

    @Test("A value shorter than its trailer is damage", arguments: [1, 8])
    func trailer(_ size: Int) {
        let value = [UInt8](repeating: 0, count: size - 1)
        #expect(throws: EngineFailure.self) {
            try read(Self.header + [0x01, 1, 0x6B, UInt8(value.count)] + value, trailer: size)
        }
    }

    @Test("Numbers at their end are damage", arguments: [.max, .max - 1, 1 << 56] as [UInt64])
    func numbers(_ first: UInt64) {
        #expect(throws: EngineFailure.self) { try read(Self.put, first: first) }
    }

    @Test("A record without writes has the number before it for its last, zero too", arguments: [0, 1, 7] as [UInt64])
    func empty(_ first: UInt64) throws {
        #expect(try read(Self.header, first: first).last == (first == 0 ? 0 : first - 1))
    }
}
