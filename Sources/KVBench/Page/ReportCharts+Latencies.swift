import Glibc

/// How latencies of a whole run are spread, from its histogram.
extension ReportCharts {
    /// The latency that each share of the operations did not exceed, at shares that are evenly spread by how rare the rest
    /// is. Those that the document names have the document's own figures.
    static func percentiles(_ result: ReportResult, _ kind: OperationKind) -> LineChart.Line? {
        guard let summary = result.document.latencies(kind), summary.max > 0 else { return nil }
        let count = summary.histogram.map { $0.counts.reduce(0, +) }
        var points: [Double: Double] = [:]
        if let steps = summary.histogram, let count {
            for step in 1..<max(2, Int(log10(max(2, Double(count))) / rarityStep)) {
                let share = 1 - pow(10, -Double(step) * rarityStep)
                points[share] = min(summary.max, steps.limit(of: share))
            }
        }
        let named: [(share: Double, needed: UInt64, value: Double?)] = [
            (0.5, 2, summary.p50), (0.9, 10, summary.p90), (0.99, 100, summary.p99), (0.999, 1000, summary.p999),
            (0.9999, 10_000, summary.p9999),
        ]
        // Not beyond what there are operations for.
        for (share, needed, value) in named where count ?? .max >= needed {
            guard let value else { continue }
            // One that was computed for as good as the same share is less exact.
            for near in points.keys where abs(near - share) < (1 - share) * 0.02 { points[near] = nil }
            points[share] = value
        }
        // The longest stands for the last one of all.
        if let count, count > 1 { points[1 - 1 / Double(count)] = summary.max }
        return LineChart.Line(name: result.name, points: points.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    }

    private static let rarityStep = 0.05

    /// How many hundredths of the operations are between limits that grow by a fifth.
    static func histogram(_ result: ReportResult, _ kind: OperationKind) -> LineChart.Line? {
        guard let steps = result.document.latencies(kind)?.histogram, !steps.counts.isEmpty else { return nil }
        let count = Double(steps.counts.reduce(0, +))
        var bins: [Int: Double] = [:]
        for (limit, number) in zip(steps.limits, steps.counts) {
            bins[Int(ceil(log2(max(limit, 0.001)) * binsPerPower - 1e-9)) - 1, default: 0] += Double(number)
        }
        guard let first = bins.keys.min(), let last = bins.keys.max() else { return nil }
        let points = (first...(last + 1)).map { bin in
            (x: pow(2, Double(bin) / binsPerPower), y: 100 * (bins[bin] ?? 0) / count)
        }
        return LineChart.Line(name: result.name, points: points)
    }

    private static let binsPerPower = 4.0
}

extension LatencySteps {
    /// The limit that a share of all did not exceed.
    fileprivate func limit(of share: Double) -> Double {
        var rest = share * Double(counts.reduce(0, +))
        for (limit, count) in zip(limits, counts) {
            rest -= Double(count)
            if rest <= 1e-9 { return limit }
        }
        return limits.last ?? 0
    }
}
