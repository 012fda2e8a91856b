/// What one worker has done so far, for the sampler to look at while the worker runs.
struct LiveCounts: Sendable {
    private let counters: [PaddedCounter]
    /// The worker's latest latencies.
    let latencies = Mailbox<LatencyHistogram>()

    init() {
        counters = OperationKind.allCases.map { _ in PaddedCounter() }
    }

    /// How many operations of that kind have succeeded.
    func count(_ kind: OperationKind) -> Int {
        counters[kind.rawValue].current
    }

    /// Counts one operation; for the worker alone.
    func increment(_ kind: OperationKind) {
        counters[kind.rawValue].increment()
    }
}

extension [LiveCounts] {
    /// How many operations of that kind all workers have done.
    func total(_ kind: OperationKind) -> Int {
        reduce(0) { $0 + $1.count(kind) }
    }
}
