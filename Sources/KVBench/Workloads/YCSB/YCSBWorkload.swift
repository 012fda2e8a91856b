/// A core workload of the Yahoo! Cloud Serving Benchmark, over values of 1,000 bytes as it has them.
struct YCSBWorkload: Workload {
    static let entries = YCSBMix.all.map { mix in
        WorkloadEntry(
            name: mix.name, summary: mix.summary, options: [.keys, .keySize, .valueSize, .distribution],
            make: { options throws(UsageError) in try YCSBWorkload(mix, options) })
    }

    static let valueSize = 1000
    /// Digits for more entries than a run can add.
    static let leastKeySizeForInserts = 12

    private let mix: YCSBMix
    private let data: DataSet

    init(_ mix: YCSBMix, _ options: RunOptions) throws(UsageError) {
        data = try DataSet(options, valueSize: Self.valueSize)
        guard mix.other != .insert || data.keySize >= Self.leastKeySizeForInserts else {
            throw UsageError(
                "--key-size is \(data.keySize), but \(mix.name) adds keys;"
                    + " give at least \(Self.leastKeySizeForInserts)")
        }
        self.mix = mix
    }

    var shape: String { data.shape + (data.distribution == nil ? ", \(mix.distribution.rawValue)" : "") }

    var parameters: WorkParameters {
        data.parameters(batch: nil, distribution: data.distribution ?? mix.distribution)
    }

    func prepare(_ session: some BenchSession, until stop: StopRequest) throws {
        try data.load(into: session, until: stop)
    }

    func makeWorker<Session: BenchSession>(_ number: Int, session: Session) -> any WorkloadWorker {
        YCSBWorker(
            number: number, mix: mix, data: data, distribution: data.distribution ?? mix.distribution, session: session)
    }

    func check(_ session: some BenchSession) throws -> [String] {
        try data.check(session)
    }
}
