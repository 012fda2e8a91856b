/// Writes every entry once, in the order of the keys.
struct FillSequentialWorkload: KeyedWorkload {
    static let name = "fill-sequential"
    static let summary = "writes every key once, in order"
    static let startsLoaded = false

    let data: DataSet

    init(_ data: DataSet, _ options: RunOptions) {
        self.data = data
    }

    var totalOperations: Int? { data.count }

    func makeWorker<Session: BenchSession>(_ number: Int, session: Session) -> any WorkloadWorker {
        FillWorker(number: number, data: data, session: session) { $0 }
    }
}
