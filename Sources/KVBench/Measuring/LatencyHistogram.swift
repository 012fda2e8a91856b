/// Latencies as a distribution, merged by adding counts.
struct LatencyHistogram: Sendable {
    /// A number for each bucket up to the last that there was anything in: most are far above what operations take.
    private var counts: [UInt64] = []
    private var sum: UInt64 = 0
    private var longest: UInt64 = 0
    /// How many latencies it holds.
    private(set) var count = 0

    /// Adds one latency.
    mutating func record(nanoseconds: UInt64) {
        add(1, inBucket: LatencyBuckets.index(nanoseconds))
        add(sum: nanoseconds, longest: nanoseconds)
    }

    /// Adds some latencies of one bucket; ``add(sum:longest:)`` says what they add up to.
    mutating func add(_ number: UInt64, inBucket index: Int) {
        grow(to: index + 1)
        counts[index] += number
        count += Int(number)
    }

    private mutating func grow(to size: Int) {
        if size > counts.count { counts += [UInt64](repeating: 0, count: size - counts.count) }
    }

    /// Adds what latencies add up to that were added by their buckets, and the longest of them.
    mutating func add(sum more: UInt64, longest other: UInt64) {
        grow(to: LatencyBuckets.index(other) + 1)
        sum &+= more
        longest = max(longest, other)
    }

    /// Adds everything that `other` holds.
    mutating func add(_ other: LatencyHistogram) {
        grow(to: other.counts.count)
        for index in other.counts.indices { counts[index] += other.counts[index] }
        count += other.count
        sum &+= other.sum
        longest = max(longest, other.longest)
    }

    /// Takes everything out that an earlier state of this one held. The longest that is left is known to its bucket.
    mutating func subtract(_ earlier: LatencyHistogram) {
        for index in earlier.counts.indices { counts[index] -= earlier.counts[index] }
        count -= earlier.count
        // A sum that was read while it grew may be older than the counts.
        sum = sum > earlier.sum ? sum - earlier.sum : 0
    }

    /// The figures of a moment; `nil` when there is none.
    var moment: SampleLatency? {
        guard count > 0 else { return nil }
        func figure(_ percent: Double) -> Double { microseconds(percentile: percent).rounded(toPlaces: 1) }
        return SampleLatency(p50: figure(50), p99: figure(99), max: figure(100))
    }

    /// The latency that `percent` of all do not exceed, in microseconds.
    func microseconds(percentile percent: Double) -> Double {
        var rest = Int((Double(count) * percent / 100).rounded(.up))
        guard count > 0 else { return 0 }
        rest = max(1, min(rest, count))
        for (index, number) in counts.enumerated() where number > 0 {
            rest -= Int(number)
            if rest <= 0 { return Double(min(LatencyBuckets.longest(index), longest)) / 1000 }
        }
        return Double(longest) / 1000
    }

    /// The figures that a report shows; `nil` when there is none.
    var summary: LatencySummary? {
        guard count > 0 else { return nil }
        func figure(_ percent: Double) -> Double { microseconds(percentile: percent).rounded(toPlaces: 1) }
        return LatencySummary(
            p50: figure(50), p90: figure(90), p99: figure(99), p999: figure(99.9), p9999: figure(99.99),
            max: (Double(longest) / 1000).rounded(toPlaces: 1),
            mean: (Double(sum) / Double(count) / 1000).rounded(toPlaces: 1), histogram: steps)
    }

    /// How many latencies there are up to each of some limits, as a document has them: 64 for each power of two.
    private var steps: LatencySteps {
        var steps = LatencySteps()
        for (index, number) in counts.enumerated() where number > 0 {
            // Of 16 buckets the last.
            steps.add(number, upTo: Double(LatencyBuckets.longest(index | 15)) / 1000)
        }
        return steps
    }
}
