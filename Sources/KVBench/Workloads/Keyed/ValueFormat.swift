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
            let content = UnsafeRawBufferPointer(rebasing: buffer[MemoryLayout<UInt32>.size...])
            let middle = (content.count + 1) / 2
            var random = random(index, version)
            var offset = 0
            // What differs is collected: a branch for each word would take longer.
            var difference: UInt64 = 0
            while offset + 8 <= content.count - middle {
                let word = random.next()
                difference |= word ^ content.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                difference |= word ^ content.loadUnaligned(fromByteOffset: middle + offset, as: UInt64.self)
                offset += 8
            }
            // Up to eight bytes of the first half are left, and as many of the second or one less.
            while offset < middle {
                var rest = random.next()
                for _ in 0..<min(8, middle - offset) {
                    difference |= rest & 0xff ^ UInt64(content[offset])
                    if middle + offset < content.count {
                        difference |= rest & 0xff ^ UInt64(content[middle + offset])
                    }
                    rest >>= 8
                    offset += 1
                }
            }
            return difference == 0
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
