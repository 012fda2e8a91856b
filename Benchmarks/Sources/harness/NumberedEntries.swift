import CHarness

/// Entries whose keys are even numbers; odd ones are missing.
final class NumberedEntries {
    static let keySize = 16, valueSize = 100

    let count: Int
    /// The keys in their order.
    let sorted: UnsafeMutableRawBufferPointer
    /// The keys in an order that jumps.
    let shuffled: UnsafeMutableRawBufferPointer
    /// The keys in random order, the same each time.
    private(set) lazy var random: UnsafeMutableRawBufferPointer = {
        var generator = SplitMix64()
        let order = (0..<count).shuffled(using: &generator)
        return Self.keys(count) { 2 * order[$0] }
    }()
    /// Keys between those that are there, in an order that jumps.
    let missing: UnsafeMutableRawBufferPointer
    /// The values one after another.
    let values: UnsafeMutableRawBufferPointer

    init(_ count: Int) {
        self.count = count
        // 7,919 is prime to their number: each comes once.
        sorted = Self.keys(count) { 2 * $0 }
        shuffled = Self.keys(count) { 2 * ($0 * 7919 % count) }
        missing = Self.keys(count) { 2 * ($0 * 7919 % count) + 1 }
        values = .allocate(byteCount: count * Self.valueSize, alignment: 16)
        var random = SplitMix64()
        for offset in 0..<values.count {
            let repeats = offset % Self.valueSize < Self.valueSize / 2
            values[offset] = repeats ? UInt8(ascii: "v") : UInt8.random(in: 0...255, using: &random)
        }
    }

    deinit {
        for buffer in [sorted, shuffled, missing, values] { buffer.deallocate() }
    }

    func loopKeys(_ keys: UnsafeMutableRawBufferPointer) -> loop_keys {
        loop_keys(
            bytes: keys.baseAddress!.assumingMemoryBound(to: CChar.self), size: Self.keySize, count: UInt64(count))
    }

    private static func keys(_ count: Int, _ number: (Int) -> Int) -> UnsafeMutableRawBufferPointer {
        let keys = UnsafeMutableRawBufferPointer.allocate(byteCount: count * keySize, alignment: 16)
        for place in 0..<count {
            var left = number(place)
            for offset in stride(from: keySize - 1, through: 0, by: -1) {
                keys[place * keySize + offset] = UInt8(ascii: "0") + UInt8(left % 10)
                left /= 10
            }
        }
        return keys
    }
}

/// Random numbers, the same each time.
private struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64 = 0

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}
