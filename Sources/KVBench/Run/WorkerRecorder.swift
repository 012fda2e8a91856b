/// What one worker measures: its own histograms and counts, so that nothing is shared while it runs.
struct WorkerRecorder {
    /// How many errors are described; the others are only counted.
    static let describedErrors = 5

    private let live: LiveCounts
    private var totals = OperationKind.allCases.map { _ in LatencyHistogram() }
    private var recent = OperationKind.allCases.map { _ in LatencyHistogram() }
    /// How many operations went wrong.
    private(set) var errors = 0
    /// The first errors that differ, in words.
    private(set) var descriptions: [String] = []

    init(live: LiveCounts) {
        self.live = live
    }

    /// Records an operation that went well.
    mutating func record(_ kind: OperationKind, nanoseconds: UInt64) {
        recent[kind.rawValue].record(nanoseconds: nanoseconds)
        live.increment(kind)
    }

    /// Records an operation that went wrong.
    mutating func fail(_ error: any Error) {
        errors += 1
        guard descriptions.count < Self.describedErrors else { return }
        let description = String(describing: error)
        if !descriptions.contains(description) { descriptions.append(description) }
    }

    /// Hands the latencies since the last call to whoever draws the progress line.
    mutating func publish() {
        var all = LatencyHistogram()
        for histogram in recent { all.add(histogram) }
        live.latencies.post(all)
        totals = histograms
        recent = totals.map { _ in LatencyHistogram() }
    }

    /// The latencies of the whole run, by kind.
    var histograms: [LatencyHistogram] {
        var all = totals
        for index in all.indices { all[index].add(recent[index]) }
        return all
    }
}
