/// SHA-256 as FIPS 180-4 has it: what names a stored file, so that `sha256sum` can check it too.
struct SHA256: ~Copyable {
    private var hash: (UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32) = (
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19
    )
    private let schedule = UnsafeMutablePointer<UInt32>.allocate(capacity: 64)
    /// What is not yet a whole block.
    private var rest: [UInt8] = []
    private var byteCount: UInt64 = 0

    private static let blockSize = 64

    deinit { schedule.deallocate() }

    /// The digest of bytes, as 64 hexadecimal digits.
    static func digest(_ bytes: UnsafeRawBufferPointer) -> String {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finish()
    }

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        byteCount += UInt64(bytes.count)
        var bytes = bytes[...]
        if !rest.isEmpty {
            let missing = min(Self.blockSize - rest.count, bytes.count)
            rest += bytes.prefix(missing)
            bytes = bytes.dropFirst(missing)
            guard rest.count == Self.blockSize else { return }
            let block = rest
            rest = []
            block.withUnsafeBytes { addBlocks($0) }
        }
        let whole = bytes.count / Self.blockSize * Self.blockSize
        addBlocks(UnsafeRawBufferPointer(rebasing: bytes.prefix(whole)))
        rest += bytes.dropFirst(whole)
    }

    consuming func finish() -> String {
        let bits = byteCount * 8
        var padding: [UInt8] = [0x80]
        while (rest.count + padding.count) % Self.blockSize != 56 { padding.append(0) }
        for shift in stride(from: 56, through: 0, by: -8) { padding.append(UInt8(truncatingIfNeeded: bits >> shift)) }
        padding.withUnsafeBytes { update($0) }
        let words = [hash.0, hash.1, hash.2, hash.3, hash.4, hash.5, hash.6, hash.7]
        return words.map { $0.text(digits: 8, radix: 16) }.joined()
    }

    private mutating func addBlocks(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        Self.constants.withUnsafeBufferPointer { constants in
            guard let constants = constants.baseAddress else { return }
            for offset in stride(from: 0, to: bytes.count, by: Self.blockSize) { add(start + offset, constants) }
        }
    }

    private mutating func add(_ block: UnsafeRawPointer, _ constants: UnsafePointer<UInt32>) {
        let word = schedule
        for index in 0..<16 {
            word[index] = UInt32(bigEndian: block.loadUnaligned(fromByteOffset: index &* 4, as: UInt32.self))
        }
        for index in 16..<64 {
            let (early, late) = (word[index &- 15], word[index &- 2])
            let mixedEarly = rotate(early, 7) ^ rotate(early, 18) ^ (early >> 3)
            let mixedLate = rotate(late, 17) ^ rotate(late, 19) ^ (late >> 10)
            word[index] = word[index &- 16] &+ mixedEarly &+ word[index &- 7] &+ mixedLate
        }
        var (a, b, c, d, e, f, g, h) = hash
        for index in 0..<64 {
            let choice = (e & f) ^ (~e & g)
            let first =
                h &+ (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) &+ choice &+ constants[index] &+ word[index]
            let majority = (a & b) ^ (a & c) ^ (b & c)
            let second = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) &+ majority
            (h, g, f, e, d, c, b, a) = (g, f, e, d &+ first, c, b, a, first &+ second)
        }
        hash.0 &+= a
        hash.1 &+= b
        hash.2 &+= c
        hash.3 &+= d
        hash.4 &+= e
        hash.5 &+= f
        hash.6 &+= g
        hash.7 &+= h
    }

    @inline(__always)
    private func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 { (word &>> count) | (word &<< (32 &- count)) }

    private static let constants: [UInt32] = [
        0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
        0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
        0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
        0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
        0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
        0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
        0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
        0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
    ]
}
