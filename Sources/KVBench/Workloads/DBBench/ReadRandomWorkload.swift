/// Reads entries that are there.
struct ReadRandomWorkload: KeyedWorkload {
    static let name = "read-random"
    static let summary = "reads keys that are there"
    static let options: Set<WorkloadOption> = [.distribution]

    let data: DataSet
    private let distribution: KeyDistribution

    init(_ data: DataSet, _ options: RunOptions) {
        self.data = data
        distribution = options.distribution ?? .uniform
    }

    func makeWorker<Session: BenchSession>(_ number: Int, session: Session) -> any WorkloadWorker {
        ReadWorker(keys: KeyChooser(data, distribution, worker: number), reader: EntryReader(data), session: session)
    }
}
