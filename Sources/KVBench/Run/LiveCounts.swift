/// What one worker has done so far, for the sampler to look at while the worker runs.
struct LiveCounts: Sendable {
    private let writes = PaddedCounter()
    private let reads = PaddedCounter()
    private let writeLatencies = LatencyRecorder()
    private let readLatencies = LatencyRecorder()

    /// How many operations of that kind have succeeded.
    func count(_ kind: OperationKind) -> Int {
        kind == .write ? writes.current : reads.current
    }

    /// The latencies of that kind so far.
    func latencies(_ kind: OperationKind) -> LatencyRecorder {
        kind == .write ? writeLatencies : readLatencies
    }

    /// Counts one operation; for the worker alone.
    @inline(__always)
    func increment(_ kind: OperationKind) {
        kind == .write ? writes.increment() : reads.increment()
    }
}

extension [LiveCounts] {
    /// How many operations of that kind all workers have done.
    func total(_ kind: OperationKind) -> Int {
        reduce(0) { $0 + $1.count(kind) }
    }

    /// The latencies of that kind of all workers so far.
    func latencies(_ kind: OperationKind) -> LatencyHistogram {
        reduce(into: LatencyHistogram()) { $1.latencies(kind).add(to: &$0) }
    }
}
