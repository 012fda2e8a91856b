import Histogram

/// Latencies as a distribution: three significant digits from a nanosecond up, merged by adding counts.
struct LatencyHistogram: Sendable {
    private var counts: Histogram<UInt64>

    init() {
        counts = Histogram(highestTrackableValue: 60_000_000_000, numberOfSignificantValueDigits: .three)
        counts.autoResize = true
    }

    /// How many latencies it holds.
    var count: Int { Int(counts.totalCount) }

    /// Adds one latency.
    @inline(__always)
    mutating func record(nanoseconds: UInt64) {
        counts.record(nanoseconds)
    }

    /// Adds everything that `other` holds.
    mutating func add(_ other: LatencyHistogram) {
        counts.add(other.counts)
    }

    /// The latency that `percent` of all do not exceed, in microseconds.
    func microseconds(percentile percent: Double) -> Double {
        Double(counts.valueAtPercentile(percent)) / 1000
    }

    /// The figures that a report shows.
    var summary: LatencySummary {
        LatencySummary(
            p50: microseconds(percentile: 50).rounded(toPlaces: 1),
            p90: microseconds(percentile: 90).rounded(toPlaces: 1),
            p99: microseconds(percentile: 99).rounded(toPlaces: 1),
            p999: microseconds(percentile: 99.9).rounded(toPlaces: 1),
            max: (Double(counts.maxRecorded) / 1000).rounded(toPlaces: 1),
            mean: (counts.mean / 1000).rounded(toPlaces: 1))
    }
}
