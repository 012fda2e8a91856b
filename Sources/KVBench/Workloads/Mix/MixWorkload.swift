/// Operations of several kinds over one data set, each picked at random as often as the mix says.
struct MixWorkload: Workload {
    static let name = "mix"

    static let entry = WorkloadEntry(
        name: name, summary: "what --mix says, for example --mix read=80,put=15,scan=5",
        options: [.keys, .keySize, .valueSize, .distribution, .mix, .scanLength, .tasks],
        making: .dataSet(valueSize: DataSet.usualValueSize) { (data, options) throws(UsageError) in
            guard let mix = options.mix else {
                throw UsageError(
                    "'mix' needs to know what; give for example --mix read=80,put=15,scan=5, or --ycsb FILE")
            }
            return try MixWorkload(mix, .uniform, data, options)
        })

    /// Digits for more entries than a run can add.
    static let leastKeySizeForInserts = 12
    private static let scanLengths = 1...1_000_000

    let mix: OperationMix
    let data: DataSet
    /// Which entries are picked.
    let distribution: KeyDistribution
    /// How many entries the longest scan reads.
    let scanLength: Int

    /// - Parameter distribution: which entries are picked, unless the user says otherwise.
    init(
        _ mix: OperationMix, _ distribution: KeyDistribution, _ data: DataSet, _ options: RunOptions
    ) throws(UsageError) {
        guard !mix.has(.insert) || data.keySize >= Self.leastKeySizeForInserts else {
            throw UsageError(
                "--key-size is \(data.keySize), but \(options.workload) adds keys; give at least"
                    + " \(Self.leastKeySizeForInserts)")
        }
        scanLength = options.scanLength ?? 100
        guard Self.scanLengths.contains(scanLength) else {
            throw UsageError("--scan-length is \(scanLength); give a number from 1 to \(Self.scanLengths.upperBound)")
        }
        guard options.scanLength == nil || mix.has(.scan) else {
            throw UsageError("there is no scan in the mix \(mix.text); omit --scan-length, or add for example scan=5")
        }
        self.mix = mix
        self.data = data
        self.distribution = data.distribution ?? distribution
    }

    var dataSet: DataSet? { data }

    var shape: String {
        data.shape + ", \(distribution.rawValue); \(mix.text)"
            + (mix.has(.scan) ? ", scans of up to \(NumberText.grouped(scanLength))" : "")
    }

    var parameters: WorkParameters {
        var parameters = data.parameters(batch: nil, distribution: distribution)
        parameters.mix = mix.text
        parameters.scanLength = mix.has(.scan) ? scanLength : nil
        return parameters
    }

    func prepare(_ session: some BenchSession, until stop: StopRequest) throws {
        try data.load(into: session, until: stop)
    }

    func makeWorker<Session: BenchSession>(_ number: Int, session: Session) -> any WorkloadWorker {
        MixWorker(number, of: self, session)
    }

    func makeTask(_ number: Int, session: any AsyncBenchSession) -> (any AsyncWorkloadWorker)? {
        AsyncMixWorker(number, of: self, session)
    }

    func check(_ session: some BenchSession) throws -> [String] {
        try data.check(session)
    }
}
