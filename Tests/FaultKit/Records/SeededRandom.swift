internal import Foundation

/// Random numbers that a seed determines (SplitMix64), so that a run can be repeated.
package struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

    /// True once in `count` times.
    package mutating func chance(oneIn count: Int) -> Bool { Int.random(in: 0..<count, using: &self) == 0 }

    /// A number that depends on nothing but the numbers given.
    package static func mix(_ numbers: UInt64...) -> UInt64 {
        var hash = SeededRandom(seed: 0)
        for number in numbers { hash = SeededRandom(seed: hash.next() ^ number) }
        return hash.next()
    }
}

package enum Seed {
    /// The seed that the environment names in `KVSTORE_SEED`, else a new one.
    package static func fromEnvironment() -> UInt64 {
        if let text = ProcessInfo.processInfo.environment["KVSTORE_SEED"], let seed = UInt64(text) { return seed }
        return UInt64.random(in: 1...999_999_999)
    }
}
