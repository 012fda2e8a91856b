/// Seeks to entries with a new cursor each and reads a few from there.
struct SeekRandomWorkload: KeyedWorkload {
    static let name = "seek-random"
    static let summary = "seeks to keys and reads --batch entries from each on (default 10)"
    static let options: Set<WorkloadOption> = [.distribution, .batch]

    let data: DataSet
    private let limit: Int

    init(_ data: DataSet, _ options: RunOptions) throws(UsageError) {
        self.data = data
        limit = try options.batch(default: 10)
    }

    var batchSize: Int? { limit }
    var shape: String { dataShape + ", \(limit) entries a seek" }

    func makeWorker<Session: BenchSession>(_ number: Int, session: Session) -> any WorkloadWorker {
        SeekRandomWorker(
            limit: limit, count: data.count, keys: KeyChooser(data, data.distribution ?? .uniform, worker: number),
            reader: EntryReader(data),
            session: session)
    }
}

private struct SeekRandomWorker<Session: BenchSession>: WorkloadWorker {
    let limit: Int
    let count: Int
    var keys: KeyChooser
    var reader: EntryReader
    let session: Session

    mutating func step() throws -> Operation {
        let count = count
        try reader.scan(from: keys.next(), limit: limit, of: session) {
            // Those that another workload has added need not be without gaps.
            $0 < count ? .required : .optional
        }
        return reader.scanned
    }
}
