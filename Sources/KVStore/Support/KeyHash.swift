/// A hash of keys for tables in memory, of a seed of its own, so that nobody can choose keys that meet in one place.
struct KeyHash: Sendable {
    private let seed: UInt64

    /// - Parameter seed: by chance unless what is hashed is to be told again.
    init(seed: UInt64 = .random(in: .min ... .max)) { self.seed = seed }

    /// Eight bytes at a time, folded by multiplication.
    @inline(__always)
    func callAsFunction(_ key: UnsafeRawBufferPointer) -> UInt64 {
        var hash = seed ^ UInt64(key.count)
        func mix(_ bits: UInt64) {
            let product = (hash ^ bits).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
            hash = product.high ^ product.low
        }
        guard key.count >= 8 else {
            mix(key.reduce(0) { $0 << 8 | UInt64($1) })
            return hash
        }
        var offset = 0
        while offset + 8 < key.count {
            mix(key.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            offset += 8
        }
        // The last eight, whether some of them were taken already or not.
        mix(key.loadUnaligned(fromByteOffset: key.count - 8, as: UInt64.self))
        return hash
    }
}
