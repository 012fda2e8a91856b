/// Reads entries that are there.
struct ReadRandomWorkload: KeyedWorkload {
    static let name = "read-random"
    static let summary = "reads keys that are there"
    static let options: Set<WorkloadOption> = [.distribution]

    let data: DataSet

    init(_ data: DataSet, _ options: RunOptions) {
        self.data = data
    }

    func makeWorker<Session: BenchSession>(_ number: Int, session: Session) -> any WorkloadWorker {
        ReadWorker(
            keys: KeyChooser(data, data.distribution ?? .uniform, worker: number), reader: EntryReader(data),
            session: session)
    }
}
