/// Writes every entry once, in random order.
struct FillRandomWorkload: KeyedWorkload {
    static let name = "fill-random"
    static let summary = "writes every key once, in random order"
    static let startsLoaded = false

    let data: DataSet

    init(_ data: DataSet, _ options: RunOptions) {
        self.data = data
    }

    var totalOperations: Int? { data.count }

    func makeWorker<Session: BenchSession>(_ number: Int, session: Session) -> any WorkloadWorker {
        let order = data.shuffled
        return FillWorker(number: number, data: data, session: session) { order[$0] }
    }
}
