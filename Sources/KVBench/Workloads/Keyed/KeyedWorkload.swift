/// A workload over a ``DataSet``: what its family shares, so that each states only what it does.
protocol KeyedWorkload: Workload {
    static var name: String { get }
    static var summary: String { get }
    /// What it takes beside the options of the data set.
    static var options: Set<WorkloadOption> { get }
    /// Whether all entries are written before the measurement.
    static var startsLoaded: Bool { get }

    var data: DataSet { get }
    /// How many entries an operation writes or reads, where it may be more than one.
    var batchSize: Int? { get }

    init(_ data: DataSet, _ options: RunOptions) throws(UsageError)
}

extension KeyedWorkload {
    static var options: Set<WorkloadOption> { [] }
    static var startsLoaded: Bool { true }

    static var entry: WorkloadEntry {
        WorkloadEntry(
            name: name, summary: summary, options: options.union([.keys, .keySize, .valueSize]),
            making: .dataSet(valueSize: DataSet.usualValueSize) { (data, options) throws(UsageError) in
                try Self(data, options)
            })
    }

    var dataSet: DataSet? { data }
    var batchSize: Int? { nil }
    var shape: String { dataShape }

    /// Of the entries, with how they are picked where the user says so.
    var dataShape: String {
        let distribution = Self.options.contains(.distribution) ? data.distribution : nil
        return data.shape + (distribution.map { ", \($0.rawValue)" } ?? "")
    }

    var parameters: WorkParameters {
        let isRandom = Self.options.contains(.distribution)
        return data.parameters(batch: batchSize, distribution: isRandom ? data.distribution ?? .uniform : nil)
    }

    func prepare(_ session: some BenchSession, until stop: StopRequest) throws {
        if Self.startsLoaded { try data.load(into: session, until: stop) }
    }

    func check(_ session: some BenchSession) throws -> [String] {
        try data.check(session)
    }
}

extension RunOptions {
    /// The value of `--batch`, or what the workload has instead.
    func batch(default size: Int) throws(UsageError) -> Int {
        let batch = batch ?? size
        guard (1...Self.maximumBatch).contains(batch) else {
            throw UsageError("--batch is \(batch); give a number from 1 to \(Self.maximumBatch)")
        }
        return batch
    }

    private static var maximumBatch: Int { 1_000_000 }
}
