import Foundation

/// A random number generator that gives the same numbers for the same seed (SplitMix64).
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// A generator whose seed is printed; the environment's `KVSTORE_SEED` replays one.
    init(test name: String) {
        let given = ProcessInfo.processInfo.environment["KVSTORE_SEED"].flatMap { UInt64($0) }
        let seed = given ?? UInt64.random(in: 1...UInt64(UInt32.max))
        print("\(name): replay with KVSTORE_SEED=\(seed)")
        self.init(seed: seed)
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Whether one of `count` has come.
    mutating func oneIn(_ count: Int) -> Bool { Int.random(in: 0..<count, using: &self) == 0 }
}

/// How many random keys a test makes: the environment's `KVSTORE_KEYS`, for millions of them.
let randomKeys = ProcessInfo.processInfo.environment["KVSTORE_KEYS"].flatMap { Int($0) } ?? 20_000
