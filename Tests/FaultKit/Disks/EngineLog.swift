internal import Foundation

/// The form of the engine's logs: blocks of 32 KiB, records with a checksum, a length and a type before them.
enum EngineLog {
    private static let blockSize = 32_768
    private static let headerSize = 7

    /// Whether a log has zeros where a record would begin: to the engine it ends there, and nothing is wrong with it.
    static func endsEarly(_ path: String) throws -> Bool {
        guard path.hasSuffix(".log") else { return false }
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        var position = 0
        while position + headerSize <= bytes.count {
            let left = blockSize - position % blockSize
            guard left >= headerSize else {
                position += left
                continue
            }
            let length = Int(bytes[position + 4]) | Int(bytes[position + 5]) << 8
            if length == 0, bytes[position + 6] == 0 { return true }
            position += headerSize + length
        }
        return false
    }
}
