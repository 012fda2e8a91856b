/// FNV-1a of 64 bits: enough to notice damage to a little that was written here.
enum FNV {
    /// The hash of nothing.
    static let start: UInt64 = 0xcbf2_9ce4_8422_2325

    static func hash(_ bytes: some Sequence<UInt8>, after start: UInt64 = start) -> UInt64 {
        var hash = start
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return hash
    }
}
