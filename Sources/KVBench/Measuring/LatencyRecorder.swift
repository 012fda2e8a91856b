import Glibc
import Synchronization

/// Takes latencies down as they come, for one thread. Another one may look meanwhile, without holding the first up.
final class LatencyRecorder: @unchecked Sendable {  // one thread counts up, and the numbers are atomic
    /// A number for each bucket, then the sum and the longest. Memory of its own: what other workers count up is on other
    /// cache lines.
    private let numbers: UnsafeMutablePointer<Atomic<UInt64>>

    private static let sum = LatencyBuckets.count
    private static let longest = LatencyBuckets.count + 1

    init() {
        // Zeros that take no memory before they are counted up.
        numbers = calloc(LatencyBuckets.count + 2, MemoryLayout<Atomic<UInt64>>.stride).bindMemory(
            to: Atomic<UInt64>.self, capacity: LatencyBuckets.count + 2)
    }

    deinit { free(numbers) }

    /// Adds one latency; for the one thread that owns it, which need not pay for atomic additions.
    @inline(__always)
    func record(_ nanoseconds: UInt64) {
        add(1, at: LatencyBuckets.index(nanoseconds))
        add(nanoseconds, at: Self.sum)
        if nanoseconds > numbers[Self.longest].load(ordering: .relaxed) {
            numbers[Self.longest].store(nanoseconds, ordering: .relaxed)
        }
    }

    @inline(__always)
    private func add(_ number: UInt64, at index: Int) {
        numbers[index].store(numbers[index].load(ordering: .relaxed) &+ number, ordering: .relaxed)
    }

    /// What it has taken down so far.
    var histogram: LatencyHistogram {
        var histogram = LatencyHistogram()
        add(to: &histogram)
        return histogram
    }

    /// Adds what it has taken down so far. Of what is recorded meanwhile some may count.
    func add(to histogram: inout LatencyHistogram) {
        let longest = numbers[Self.longest].load(ordering: .relaxed)
        histogram.add(sum: numbers[Self.sum].load(ordering: .relaxed), longest: longest)
        // There is nothing above, and pages that were never written stay untouched.
        for index in 0...LatencyBuckets.index(longest) {
            let number = numbers[index].load(ordering: .relaxed)
            if number > 0 { histogram.add(number, inBucket: index) }
        }
    }
}
