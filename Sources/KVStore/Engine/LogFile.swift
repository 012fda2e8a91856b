internal import SystemPackage

/// What a file of the engine's write-ahead log begins with, read without the engine: where it is damaged, the engine
/// says no more than that it ends there.
enum LogFile {
    /// The number of the first commit in a log; nil when its record cannot be read.
    static func firstSequence(_ path: FilePath) throws(StoreError) -> UInt64? {
        // A checksum of what follows it, masked; the length and the kind of the record; the batch, or the first part of
        // it.
        var bytes: [UInt8] = []
        // A record is in parts of at most this size.
        try StoreFiles.readStart(of: path, 32 << 10, .repair) { bytes += $0 }
        guard bytes.count >= 7 else { return nil }
        let length = Int(bytes[4]) | Int(bytes[5]) << 8
        guard length >= 12, bytes.count >= 7 + length,
            masked(CRC32C.checksum(bytes[6..<(7 + length)])) == number(bytes[0..<4])
        else { return nil }
        return number(bytes[7..<15])
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static func masked(_ checksum: UInt32) -> UInt64 {
        UInt64((checksum >> 15 | checksum << 17) &+ 0xA282_EAD8)
    }
}

/// The checksum of the engine's logs.
enum CRC32C {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { rest, _ in rest & 1 == 0 ? rest >> 1 : rest >> 1 ^ 0x82F6_3B78 }
    }

    static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
        ~bytes.reduce(~0) { $0 >> 8 ^ table[Int(($0 ^ UInt32($1)) & 0xFF)] }
    }
}
