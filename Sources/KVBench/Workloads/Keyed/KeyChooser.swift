/// Picks the entries that one worker reads or writes.
struct KeyChooser {
    private let data: DataSet
    private let worker: Int
    private let distribution: KeyDistribution
    private var random: SplitMix64
    private var ranks: ZipfianSampler

    init(_ data: DataSet, _ distribution: KeyDistribution, worker: Int) {
        self.data = data
        self.worker = worker
        self.distribution = distribution
        var seeds = SplitMix64(seed: data.seed &+ UInt64(worker) &* 0x9fb2_1c65_1e98_df25)
        random = SplitMix64(seed: seeds.next())
        ranks = ZipfianSampler(ranks: data.count)
    }

    /// The next entry.
    mutating func next() -> Int {
        next(of: data.count)
    }

    /// The next entry among the first `count`, which only `latest` allows to be another number than that of the data
    /// set.
    mutating func next(of count: Int) -> Int {
        switch distribution {
        case .uniform:
            return random.next(below: count)
        case .zipfian:
            return data.shuffled[ranks.next(&random) - 1]
        case .latest:
            ranks.setRanks(count)
            return count - ranks.next(&random)
        }
    }

    /// The next entry to write: one that only this worker writes.
    mutating func nextOwned(in keyspace: Int? = nil) -> Int {
        data.owned(by: worker, near: next(), in: keyspace)
    }

    /// A number below `count`, each as often as any other.
    mutating func number(below count: Int) -> Int {
        random.next(below: count)
    }
}
