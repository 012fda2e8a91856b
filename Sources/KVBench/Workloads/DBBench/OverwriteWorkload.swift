/// Writes entries that are there, again and again.
struct OverwriteWorkload: KeyedWorkload {
    static let name = "overwrite"
    static let summary = "writes keys that are there"
    static let options: Set<WorkloadOption> = [.distribution]

    let data: DataSet

    init(_ data: DataSet, _ options: RunOptions) {
        self.data = data
    }

    func makeWorker<Session: BenchSession>(_ number: Int, session: Session) -> any WorkloadWorker {
        OverwriteWorker(
            keys: KeyChooser(data, data.distribution ?? .uniform, worker: number), writer: EntryWriter(data),
            session: session)
    }
}

private struct OverwriteWorker<Session: BenchSession>: WorkloadWorker {
    var keys: KeyChooser
    var writer: EntryWriter
    let session: Session

    mutating func step() throws -> Operation {
        try writer.put(keys.nextOwned(), to: session)
        return Operation(kind: .write, bytes: writer.entrySize)
    }
}
