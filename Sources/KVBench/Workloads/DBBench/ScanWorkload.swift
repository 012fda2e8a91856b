/// Reads all entries in order, page by page, and begins again at the end.
struct ScanWorkload: KeyedWorkload {
    static let name = "scan"
    static let summary = "reads all keys in order, --batch entries an operation (default 1,000)"
    static let options: Set<WorkloadOption> = [.batch]

    let data: DataSet
    private let page: Int

    init(_ data: DataSet, _ options: RunOptions) throws(UsageError) {
        self.data = data
        page = try options.batch(default: 1000)
    }

    var batchSize: Int? { page }
    var shape: String { dataShape + ", pages of \(NumberText.grouped(page))" }

    func makeWorker<Session: BenchSession>(_ number: Int, session: Session) -> any WorkloadWorker {
        ScanWorker(
            data: data, page: page, reader: EntryReader(data), session: session,
            next: data.count / data.workers * number)
    }
}

/// One thread's walk; each begins at another place, so that they do not read the same page together.
private struct ScanWorker<Session: BenchSession>: WorkloadWorker {
    let data: DataSet
    let page: Int
    var reader: EntryReader
    let session: Session
    var next: Int

    mutating func step() throws -> Operation {
        let (start, count) = (next, data.count)
        // Where the next page begins also when this one turns out wrong.
        next = following(start + page * data.namespaces, start)
        try reader.scan(from: start, limit: page, of: session) {
            // Those that another workload has added need not be without gaps.
            $0 < count ? .required : .optional
        }
        return reader.scanned
    }

    private func following(_ next: Int, _ start: Int) -> Int {
        next < data.count ? next : data.keyspace(of: start + 1)
    }
}
