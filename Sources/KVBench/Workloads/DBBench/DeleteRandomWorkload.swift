/// Deletes every entry once, in random order.
struct DeleteRandomWorkload: KeyedWorkload {
    static let name = "delete-random"
    static let summary = "deletes every key once, in random order"

    let data: DataSet

    init(_ data: DataSet, _ options: RunOptions) {
        self.data = data
    }

    var totalOperations: Int? { data.count }

    func makeWorker<Session: BenchSession>(_ number: Int, session: Session) -> any WorkloadWorker {
        DeleteRandomWorker(data: data, writer: EntryWriter(data), session: session, next: number)
    }
}

private struct DeleteRandomWorker<Session: BenchSession>: WorkloadWorker {
    let data: DataSet
    var writer: EntryWriter
    let session: Session
    var next: Int

    mutating func step() throws -> Operation {
        let index = data.shuffled[next]
        next += data.workers
        try writer.delete(index, from: session)
        return Operation(kind: .write, bytes: data.keySize)
    }
}
