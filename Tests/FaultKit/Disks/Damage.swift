internal import Foundation

/// Harm done to a file.
package enum Damage: String, CaseIterable, Sendable {
    case bit, byte, sector, truncation, loss

    /// Does the harm at a random place, and says what it was; nil when the file has nothing to harm.
    package func happen(to path: String, _ random: inout SeededRandom) throws -> String? {
        let url = URL(fileURLWithPath: path)
        var bytes = [UInt8](try Data(contentsOf: url))
        guard !bytes.isEmpty else { return nil }
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch self {
        case .bit: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case .byte: bytes[place] ^= UInt8.random(in: 1...255, using: &random)
        case .sector:
            let start = place / 512 * 512
            for index in start..<min(start + 512, bytes.count) { bytes[index] = 0 }
        case .truncation: bytes.removeSubrange(place...)
        case .loss:
            try FileManager.default.removeItem(at: url)
            return "lost"
        }
        try Data(bytes).write(to: url)
        return "\(rawValue) at \(place) of \(bytes.count)"
    }
}
