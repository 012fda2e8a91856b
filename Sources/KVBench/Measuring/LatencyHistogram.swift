/// Latencies as a distribution, merged by adding counts.
struct LatencyHistogram: Sendable {
    private var counts: [UInt64]
    private var sum: UInt64
    private var longest: UInt64

    init() {
        self.init(counts: Array(repeating: 0, count: LatencyBuckets.count), sum: 0, longest: 0)
    }

    init(counts: [UInt64], sum: UInt64, longest: UInt64) {
        self.counts = counts
        self.sum = sum
        self.longest = longest
    }

    /// How many latencies it holds.
    var count: Int { Int(counts.reduce(0, +)) }

    /// Adds one latency.
    mutating func record(nanoseconds: UInt64) {
        counts[LatencyBuckets.index(nanoseconds)] += 1
        sum += nanoseconds
        longest = max(longest, nanoseconds)
    }

    /// Adds everything that `other` holds.
    mutating func add(_ other: LatencyHistogram) {
        for index in counts.indices { counts[index] += other.counts[index] }
        sum += other.sum
        longest = max(longest, other.longest)
    }

    /// Takes everything out that an earlier state of this one held.
    mutating func subtract(_ earlier: LatencyHistogram) {
        for index in counts.indices { counts[index] -= earlier.counts[index] }
        sum -= earlier.sum
    }

    /// The latency that `percent` of all do not exceed, in microseconds.
    func microseconds(percentile percent: Double) -> Double {
        let count = count
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
        let count = count
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
