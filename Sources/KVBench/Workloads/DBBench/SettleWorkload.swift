/// Has the engine settle what was written, as one operation: what a fill or many writes have left to do.
struct SettleWorkload: KeyedWorkload {
    static let name = "settle"
    static let summary = "one operation: has the engine settle what was written before, for a chain of workloads"

    let data: DataSet

    init(_ data: DataSet, _ options: RunOptions) {
        self.data = data
    }

    var totalOperations: Int? { 1 }

    func prepare(_ session: some BenchSession, until stop: StopRequest) throws {
        try data.write(to: session, until: stop)
    }

    func makeWorker<Session: BenchSession>(_ number: Int, session: Session) -> any WorkloadWorker {
        SettleWorker(session: session)
    }
}

private struct SettleWorker<Session: BenchSession>: WorkloadWorker {
    let session: Session

    mutating func step() throws -> Operation {
        try session.settle()
        return Operation(kind: .write, entries: 0, bytes: 0)
    }
}
