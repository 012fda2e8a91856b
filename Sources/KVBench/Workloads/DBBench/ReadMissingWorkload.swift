/// Asks for keys that are not there, but between those that are: what a filter is for.
struct ReadMissingWorkload: KeyedWorkload {
    static let name = "read-missing"
    static let summary = "reads keys that are not there, from among those that are"
    static let options: Set<WorkloadOption> = [.distribution]

    let data: DataSet

    init(_ data: DataSet, _ options: RunOptions) {
        self.data = data
    }

    func makeWorker<Session: BenchSession>(_ number: Int, session: Session) -> any WorkloadWorker {
        ReadMissingWorker(
            keys: KeyChooser(data, data.distribution ?? .uniform, worker: number), reader: EntryReader(data),
            session: session)
    }
}

private struct ReadMissingWorker<Session: BenchSession>: WorkloadWorker {
    var keys: KeyChooser
    var reader: EntryReader
    let session: Session

    mutating func step() throws -> Operation {
        try reader.readMissing(keys.next(), from: session)
        // Of what was looked for there is nothing.
        return Operation(kind: .read, entries: 0, bytes: 0)
    }
}
