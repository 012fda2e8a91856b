internal import Foundation

/// What the commits of a stream look like. Writer and verifier must be given the same one.
///
/// A stream is a line of commits numbered from 1. Commit `n` puts some keys of its own, deletes those of commit
/// `n - window`, and sets the stream's head to `n`. So the head alone says what the whole stream must hold.
package struct StreamShape: Sendable, Equatable {
    /// The most keys that a commit puts.
    package var batch = 4
    /// The size below which values stay.
    package var valueSize = 600
    /// How many commits keep their keys.
    package var window: UInt64 = 100

    package init(batch: Int = 4, valueSize: Int = 600, window: UInt64 = 100) {
        self.batch = batch
        self.valueSize = valueSize
        self.window = window
    }

    /// How many keys a commit puts.
    package func keyCount(_ stream: Int, _ sequence: UInt64) -> Int {
        1 + Int(SeededRandom.mix(UInt64(stream), sequence) % UInt64(batch))
    }

    /// The sequence numbers of the commits whose keys are there when the head is `head`.
    package func kept(head: UInt64) -> ClosedRange<UInt64>? {
        guard head > 0 else { return nil }
        return (head > window ? head - window + 1 : 1)...head
    }

    /// The value of a key: text that says whose it is, then bytes that its place determines.
    package func value(_ stream: Int, _ sequence: UInt64, _ index: Int) -> [UInt8] {
        let place = SeededRandom.mix(UInt64(stream), sequence, UInt64(index))
        let count = Int(place % UInt64(valueSize))
        var random = SeededRandom(seed: place)
        var words: [UInt64] = []
        words.reserveCapacity(count / 8 + 1)
        for _ in 0..<(count / 8 + 1) { words.append(random.next()) }
        var value = Array("stream \(stream) commit \(sequence) key \(index) size \(count)\n".utf8)
        words.withUnsafeBytes { value.append(contentsOf: $0[..<count]) }
        return value
    }
}

extension StreamShape {
    /// The key of one put of a commit.
    package static func key(_ stream: Int, _ sequence: UInt64, _ index: Int) -> [UInt8] {
        Array("\(padded(UInt64(stream), 4))/\(padded(sequence, 12))/\(padded(UInt64(index), 3))".utf8)
    }

    /// The key of a stream's head. After its other keys.
    package static func headKey(_ stream: Int) -> [UInt8] { Array("\(padded(UInt64(stream), 4))/head".utf8) }

    package static func headValue(_ sequence: UInt64) -> [UInt8] { Array(String(sequence).utf8) }

    package static func parseHead(_ value: [UInt8]) -> UInt64? { UInt64(String(decoding: value, as: UTF8.self)) }

    private static func padded(_ number: UInt64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
