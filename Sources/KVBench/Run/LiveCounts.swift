/// What one worker has done so far, for the sampler to look at while the worker runs.
struct LiveCounts: Sendable {
    private let writes = LatencyRecorder()
    private let reads = LatencyRecorder()

    /// The latencies of that kind so far, one for each operation that has succeeded.
    func latencies(_ kind: OperationKind) -> LatencyRecorder { kind == .write ? writes : reads }
}

extension [LiveCounts] {
    /// The latencies of that kind of all workers so far.
    func latencies(_ kind: OperationKind) -> LatencyHistogram {
        reduce(into: LatencyHistogram()) { $1.latencies(kind).add(to: &$0) }
    }
}
