/// Values of a fixed size that follow from the entry, its version and the seed, so that a reader can tell a wrong one.
///
/// A value starts with its version: how often the entry has been written. The rest is random to its middle and then
/// repeats itself, so that it compresses to about a half, as most data does.
struct ValueFormat: Sendable {
    static let sizes = 8...(64 << 20)

    /// The length of every value in bytes.
    let size: Int
    private let seed: UInt64

    init(size: Int, seed: UInt64) {
        self.size = size
        self.seed = seed
    }

    /// Replaces the content of `value`. A buffer that is used again costs no allocation.
    func write(_ index: Int, version: UInt32, into value: inout [UInt8]) {
        if value.count != size { value = [UInt8](repeating: 0, count: size) }
        value.withUnsafeMutableBytes { buffer in
            let content = UnsafeMutableRawBufferPointer(rebasing: buffer[MemoryLayout<UInt32>.size...])
            let middle = (content.count + 1) / 2
            var random = random(index, version)
            random.fill(UnsafeMutableRawBufferPointer(rebasing: content[..<middle]))
            UnsafeMutableRawBufferPointer(rebasing: content[middle...])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: content[..<(content.count - middle)]))
            // Last, so that the copy is not: Swift 6.3 ends an optimized closure in a jump to memmove and forgets that
            // the register of the error, which it used in between, is then read by the caller.
            buffer.storeBytes(of: version.bigEndian, as: UInt32.self)
        }
    }

    /// Whether a value is that of an entry in that version: what ``write(_:version:into:)`` would make, without making it.
    func matches(_ value: RawSpan, _ index: Int, version: UInt32) -> Bool {
        guard value.byteCount == size, Self.version(of: value) == version else { return false }
        return value.withUnsafeBytes { buffer in
            guard let start = buffer.baseAddress else { return false }
            let count = size &- MemoryLayout<UInt32>.size
            let middle = (count &+ 1) / 2
            var (first, second) = (start + MemoryLayout<UInt32>.size, start + (size &- (count &- middle)))
            var random = random(index, version)
            var words = (count &- middle) &>> 3
            while words > 0 {
                let word = random.next()
                // A branch each: what differs ends it, and the compiler makes no vectors of it, which have no multiplication.
                guard first.loadUnaligned(as: UInt64.self) == word, second.loadUnaligned(as: UInt64.self) == word else {
                    return false
                }
                first += 8
                second += 8
                words &-= 1
            }
            let end = start + size
            var rest = start + (size &- (count &- middle)) - first
            // Up to eight bytes of the first half are left, and as many of the second or one less.
            while rest > 0 {
                var word = random.next()
                for _ in 0..<min(8, rest) {
                    let byte = UInt8(truncatingIfNeeded: word)
                    guard first.load(as: UInt8.self) == byte, second >= end || second.load(as: UInt8.self) == byte
                    else {
                        return false
                    }
                    word >>= 8
                    first += 1
                    second += 1
                }
                rest -= 8
            }
            return true
        }
    }

    private func random(_ index: Int, _ version: UInt32) -> SplitMix64 {
        SplitMix64(seed: seed &+ UInt64(index) &* 0xd134_2543_de82_ef95 ^ UInt64(version) &* 0xa24b_aed4_963e_e407)
    }

    /// The version of a value, or `nil` when it is too short to have one.
    static func version(of value: RawSpan) -> UInt32? {
        guard value.byteCount >= MemoryLayout<UInt32>.size else { return nil }
        return value.withUnsafeBytes { UInt32(bigEndian: $0.loadUnaligned(as: UInt32.self)) }
    }
}
