/// Reads a hundredth of the entries only, neighbours: what a cache is for.
struct ReadHotWorkload: KeyedWorkload {
    static let name = "read-hot"
    static let summary = "reads keys of the first hundredth only"

    let data: DataSet

    init(_ data: DataSet, _ options: RunOptions) {
        self.data = data
    }

    func makeWorker<Session: BenchSession>(_ number: Int, session: Session) -> any WorkloadWorker {
        ReadHotWorker(
            count: (data.count + 99) / 100, keys: KeyChooser(data, .uniform, worker: number),
            reader: EntryReader(data), session: session)
    }
}

private struct ReadHotWorker<Session: BenchSession>: WorkloadWorker {
    let count: Int
    var keys: KeyChooser
    var reader: EntryReader
    let session: Session

    mutating func step() throws -> Operation {
        try reader.read(keys.number(below: count), from: session)
        return Operation(kind: .read, bytes: reader.entrySize)
    }
}
