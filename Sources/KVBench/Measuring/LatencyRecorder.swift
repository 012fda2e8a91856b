import Glibc

/// Takes latencies down as they come, for one thread.
final class LatencyRecorder {
    private let counts: UnsafeMutablePointer<UInt64>
    private var sum: UInt64 = 0
    private var longest: UInt64 = 0

    init() {
        // Zeros that take no memory before they are counted up.
        counts = calloc(LatencyBuckets.count, MemoryLayout<UInt64>.stride).bindMemory(
            to: UInt64.self, capacity: LatencyBuckets.count)
    }

    deinit { free(counts) }

    /// Adds one latency.
    @inline(__always)
    func record(_ nanoseconds: UInt64) {
        counts[LatencyBuckets.index(nanoseconds)] &+= 1
        sum &+= nanoseconds
        if nanoseconds > longest { longest = nanoseconds }
    }

    /// What it has taken down so far.
    var histogram: LatencyHistogram {
        LatencyHistogram(
            counts: Array(UnsafeBufferPointer(start: counts, count: LatencyBuckets.count)), sum: sum, longest: longest)
    }
}
