/// The numbers from 0 to `count - 1` in an order that looks random and follows from a seed, without a table: a Feistel
/// network over the next power of four, walked until it comes back into range.
struct Permutation: Sendable {
    /// How many numbers there are.
    let count: Int
    private let seed: UInt64
    private let halfBits: UInt64
    private let halfMask: UInt64

    private static let rounds: UInt64 = 4

    init(count: Int, seed: UInt64) {
        self.count = count
        self.seed = seed
        let bits = UInt64(UInt64.bitWidth - UInt64(max(1, count - 1)).leadingZeroBitCount)
        halfBits = (bits + 1) / 2
        halfMask = 1 << halfBits - 1
    }

    /// The number at that place of the order; each is at exactly one place.
    subscript(place: Int) -> Int {
        var number = UInt64(place)
        repeat { number = scramble(number) } while number >= UInt64(count)
        return Int(number)
    }

    private func scramble(_ number: UInt64) -> UInt64 {
        var (left, right) = (number >> halfBits, number & halfMask)
        for round in 0..<Self.rounds {
            var random = SplitMix64(seed: seed ^ (right << 3 | round))
            (left, right) = (right, left ^ random.next() & halfMask)
        }
        return left << halfBits | right
    }
}
