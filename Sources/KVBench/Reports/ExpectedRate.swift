/// A figure that a workload is expected to exceed.
struct ExpectedRate: Sendable {
    /// Which figure of a result is meant.
    enum Figure: Sendable {
        case writesPerSecond
        case readsPerSecond
        case operationsPerSecond

        /// The figure's name in a table.
        var name: String {
            switch self {
            case .writesPerSecond: "writes/s"
            case .readsPerSecond: "reads/s"
            case .operationsPerSecond: "operations/s"
            }
        }

        /// The figure in that result.
        func value(in result: ResultDocument) -> Double {
            switch self {
            case .writesPerSecond: result.writesPerSecond
            case .readsPerSecond: result.readsPerSecond
            case .operationsPerSecond: result.operationsPerSecond
            }
        }
    }

    let figure: Figure
    let threshold: Double

    init(_ figure: Figure, moreThan threshold: Double) {
        self.figure = figure
        self.threshold = threshold
    }

    /// Whether the result exceeds the threshold.
    func isReached(by result: ResultDocument) -> Bool {
        figure.value(in: result) > threshold
    }

    /// `> 40,000 writes/s`.
    var text: String { "> \(NumberText.grouped(threshold)) \(figure.name)" }
}
