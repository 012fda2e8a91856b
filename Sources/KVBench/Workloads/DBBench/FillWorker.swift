/// One thread of a workload that goes through all entries once; the threads take turns.
struct FillWorker<Session: BenchSession>: WorkloadWorker {
    private let session: Session
    private let workers: Int
    private let entry: (Int) -> Int
    private var writer: EntryWriter
    private var next: Int

    /// - Parameter entry: The entry at a place of the order.
    init(number: Int, data: DataSet, session: Session, entry: @escaping (Int) -> Int) {
        self.session = session
        self.entry = entry
        workers = data.workers
        writer = EntryWriter(data)
        next = number
    }

    mutating func step() throws -> Operation {
        let index = entry(next)
        next += workers
        try writer.put(index, to: session)
        return Operation(kind: .write, bytes: writer.entrySize)
    }
}
