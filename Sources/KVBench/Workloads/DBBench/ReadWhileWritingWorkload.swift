/// One worker writes, the others read: what writes and the compactions behind them do to reads.
struct ReadWhileWritingWorkload: KeyedWorkload {
    static let name = "read-while-writing"
    static let summary = "reads keys while one of the workers writes them"
    static let options: Set<WorkloadOption> = [.distribution]

    let data: DataSet

    init(_ data: DataSet, _ options: RunOptions) throws(UsageError) {
        guard data.workers >= 2 else {
            throw UsageError("--workers is 1, but \(Self.name) needs one to write and one to read; give at least 2")
        }
        self.data = data
    }

    func makeWorker<Session: BenchSession>(_ number: Int, session: Session) -> any WorkloadWorker {
        let keys = KeyChooser(data, data.distribution ?? .uniform, worker: number)
        guard number == 0 else { return ReadWorker(keys: keys, reader: EntryReader(data), session: session) }
        return LoneWriter(keys: keys, writer: EntryWriter(data), session: session)
    }
}

/// The only thread that writes: every entry is its own.
private struct LoneWriter<Session: BenchSession>: WorkloadWorker {
    var keys: KeyChooser
    var writer: EntryWriter
    let session: Session

    mutating func step() throws -> Operation {
        try writer.put(keys.next(), to: session)
        return Operation(kind: .write, bytes: writer.entrySize)
    }
}
