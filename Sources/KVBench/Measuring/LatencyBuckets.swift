/// How latencies are told apart: exactly below 2,048 ns, from there on by 1,024 steps for each power of two, which is to
/// three digits.
enum LatencyBuckets {
    /// The last is for whatever takes longer than months.
    static let count = 44 << 10

    /// The bucket of a latency.
    @inline(__always)
    static func index(_ nanoseconds: UInt64) -> Int {
        let bits = UInt64.bitWidth - (nanoseconds | 1024).leadingZeroBitCount
        let shift = bits &- 11
        return min(
            shift &<< 10 &+ Int(truncatingIfNeeded: nanoseconds &>> UInt64(truncatingIfNeeded: shift)), count - 1)
    }

    /// The longest latency of a bucket, in nanoseconds.
    static func longest(_ index: Int) -> UInt64 {
        guard index >= 2048 else { return UInt64(index) }
        let shift = UInt64(index >> 10) - 1
        return (UInt64(index & 1023 | 1024) + 1) << shift - 1
    }
}
