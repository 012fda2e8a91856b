internal import SystemPackage

/// What a file of the engine's write-ahead log begins with, read without the engine: where it is damaged, the engine
/// says no more than that it ends there.
enum LogFile {
    /// The number of the first commit in a log; nil when its record cannot be read.
    static func firstSequence(_ path: FilePath, _ operation: StoreError.Operation) throws(StoreError) -> UInt64? {
        // A checksum of what follows it, masked; the length and the kind of the record; the batch, or the first part of
        // it.
        var bytes: [UInt8] = []
        // A record is in parts of at most this size.
        try StoreFiles.readStart(of: path, 32 << 10, operation) { bytes += $0 }
        guard bytes.count >= 7 else { return nil }
        let length = Int(bytes[4]) | Int(bytes[5]) << 8
        guard length >= 12, bytes.count >= 7 + length,
            UInt64(bytes[6..<(7 + length)].withUnsafeBytes(CRC32C.masked)) == number(bytes[0..<4])
        else { return nil }
        return number(bytes[7..<15])
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
