import Glibc

/// One axis of a chart: which values it spans, where its marks are, and where a value lies between 0 and 1.
struct ChartAxis {
    enum Scale {
        case linear
        /// The same with marks at powers of two, for sizes.
        case bytes
        /// Equal factors at equal distances, for latencies.
        case logarithmic
        /// Shares from 0 to 1 by how rare the rest is, so that 99 % and 99.9 % are as far apart as 90 % and 99 %.
        case nines
    }

    let label: String
    let scale: Scale
    let marks: [Double]
    private let lower: Double
    private let upper: Double
    /// A value as a reader sees it.
    let text: @Sendable (Double) -> String

    /// - Parameters:
    ///   - values: what has to fit; marks are at round numbers around them.
    ///   - endsWithin: whether it ends with the largest value, and not with the mark after it.
    ///   - text: a value as a reader sees it.
    init(
        _ label: String, _ scale: Scale, _ values: [Double], endsWithin: Bool = false,
        _ text: @escaping @Sendable (Double) -> String
    ) {
        self.label = label
        self.scale = scale
        self.text = text
        switch scale {
        case .linear, .bytes:
            let most = values.max() ?? 0
            let all = scale == .bytes ? Self.binaryMarks(upTo: most) : Self.roundMarks(upTo: most)
            let ends = endsWithin && most > 0
            marks = ends ? all.filter { $0 <= most } : all
            (lower, upper) = (0, ends ? most : all.last ?? 1)
        case .logarithmic:
            let positive = values.filter { $0 > 0 }
            let first = Int(floor(log10(positive.min() ?? 1)))
            let last = max(first + 1, Int(ceil(log10(positive.max() ?? 10))))
            marks = (first...last).map { pow(10, Double($0)) }
            (lower, upper) = (Double(first), Double(last))
        case .nines:
            let last = max(1, (values.map(Self.rarity).max() ?? 1))
            marks = [0.5] + (1...max(1, Int(last + 1e-6))).map { 1 - pow(10, -Double($0)) }
            (lower, upper) = (0, last)
        }
    }

    /// Where a value lies: 0 at the beginning of the axis, 1 at its end.
    func place(_ value: Double) -> Double {
        let value =
            switch scale {
            case .linear, .bytes: value
            case .logarithmic: value > 0 ? log10(value) : lower
            case .nines: Self.rarity(value)
            }
        return min(1, max(0, (value - lower) / (upper - lower)))
    }

    /// How many times ten of them only one is beyond a share.
    private static func rarity(_ share: Double) -> Double { -log10(max(1e-9, 1 - share)) }

    /// Zero and up to six round numbers, the last of them not below `value`.
    private static func roundMarks(upTo value: Double) -> [Double] {
        guard value > 0, value.isFinite else { return [0, 1] }
        let magnitude = pow(10, floor(log10(value / 5)))
        let step = [1, 2, 5, 10].map { $0 * magnitude }.first { value / $0 <= 5 } ?? 10 * magnitude
        return (0...Int(ceil(value / step))).map { Double($0) * step }
    }

    /// Zero and up to four powers of two or multiples of them, the last of them not below `value`.
    private static func binaryMarks(upTo value: Double) -> [Double] {
        guard value > 0, value.isFinite else { return [0, 1] }
        let step = pow(2, ceil(log2(max(value, 4) / 4)))
        return (0...Int(ceil(value / step))).map { Double($0) * step }
    }
}
