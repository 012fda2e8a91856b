/// A figure of a result that is compared.
struct ComparedFigure: Sendable {
    /// Its place in a result, or the name of what is made of several.
    let name: String
    /// Its value in a result; `nil` when there is none. The second is the rate up to the work that all have done.
    let value: @Sendable (ResultDocument, Double?) -> Double?

    static let sameWork = "same_work_operations_per_second"

    static let all: [ComparedFigure] =
        [
            ComparedFigure(name: "writes_per_second") { result, _ in result.writes > 0 ? result.writesPerSecond : nil },
            ComparedFigure(name: "reads_per_second") { result, _ in result.reads > 0 ? result.readsPerSecond : nil },
            ComparedFigure(name: "operations_per_second") { result, _ in result.operationsPerSecond },
            ComparedFigure(name: sameWork) { _, rate in rate },
            ComparedFigure(name: "cpu_us_per_operation") { result, _ in result.cpuMicrosecondsPerOperation },
            ComparedFigure(name: "peak_rss_bytes") { result, _ in result.peakResidentBytes.map(Double.init) },
            ComparedFigure(name: "disk_bytes") { result, _ in result.diskBytes.map(Double.init) },
        ]
        + OperationKind.allCases.flatMap { kind in
            [
                ComparedFigure(name: "latency_us.\(kind.name).p50") { result, _ in result.latencies(kind)?.p50 },
                ComparedFigure(name: "latency_us.\(kind.name).p99") { result, _ in result.latencies(kind)?.p99 },
                ComparedFigure(name: "latency_us.\(kind.name).p999") { result, _ in result.latencies(kind)?.p999 },
                ComparedFigure(name: "latency_us.\(kind.name).p9999") { result, _ in result.latencies(kind)?.p9999 },
            ]
        }
}

extension ResultDocument {
    func latencies(_ kind: OperationKind) -> LatencySummary? { latencyMicroseconds[kind.name] }
}
