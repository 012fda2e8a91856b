/// How many messages of each stream have been acknowledged, over all workers: what a read must find at least.
struct StreamProgress: Sendable {
    private let counters: [PaddedCounter]

    init(streams: Int) {
        counters = (0..<streams).map { _ in PaddedCounter() }
    }

    /// The messages of `stream` whose writes have returned by now.
    func acknowledged(_ stream: Int) -> Int {
        counters[stream].acquired
    }

    /// Records that a write to `stream` has returned. Counted here and not taken from the engine's positions, so that
    /// an update which ran twice or not at all shows.
    func acknowledge(_ stream: Int) {
        counters[stream].add()
    }
}
