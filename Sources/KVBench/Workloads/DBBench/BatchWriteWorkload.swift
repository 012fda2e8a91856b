/// Writes entries that are there, many in each commit.
struct BatchWriteWorkload: KeyedWorkload {
    static let name = "batch-write"
    static let summary = "writes keys that are there, --batch of them a commit (default 100)"
    static let options: Set<WorkloadOption> = [.distribution, .batch]

    let data: DataSet
    private let size: Int

    init(_ data: DataSet, _ options: RunOptions) throws(UsageError) {
        self.data = data
        size = try options.batch(default: 100)
    }

    var batchSize: Int? { size }
    var shape: String { dataShape + ", \(NumberText.grouped(size)) a commit" }

    func makeWorker<Session: BenchSession>(_ number: Int, session: Session) -> any WorkloadWorker {
        BatchWriteWorker(
            data: data, size: size, keys: KeyChooser(data, data.distribution ?? .uniform, worker: number),
            writer: EntryWriter(data),
            session: session)
    }
}

private struct BatchWriteWorker<Session: BenchSession>: WorkloadWorker {
    let data: DataSet
    let size: Int
    var keys: KeyChooser
    var writer: EntryWriter
    let session: Session
    private var indexes: [Int] = []

    init(data: DataSet, size: Int, keys: KeyChooser, writer: EntryWriter, session: Session) {
        self.data = data
        self.size = size
        self.keys = keys
        self.writer = writer
        self.session = session
        indexes.reserveCapacity(size)
    }

    mutating func step() throws -> Operation {
        let keyspace = keys.number(below: data.namespaces)
        indexes.removeAll(keepingCapacity: true)
        for _ in 0..<size { indexes.append(keys.nextOwned(in: keyspace)) }
        try writer.put(indexes, to: session, in: keyspace)
        return Operation(kind: .write, entries: size, bytes: size * data.entrySize)
    }
}
