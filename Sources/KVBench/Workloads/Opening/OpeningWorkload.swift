/// What happened to the process that had a store open before another one opens it.
enum StoreEnd: Sendable {
    /// It closed the store in order.
    case closed
    /// It was killed with all that it had written in its log.
    case killed
}

/// Opens what another process has written and reads a first entry: the time until a program that was started can answer.
///
/// One operation is the opening and that read.
struct OpeningWorkload: Workload {
    static let entries = [
        WorkloadEntry(
            name: "open", summary: "opens a store of --keys entries that was closed, and reads one; 10 times",
            options: options, making: .alone { options throws(UsageError) in try OpeningWorkload(.closed, options) }),
        WorkloadEntry(
            name: "recover", summary: "opens a store whose process was killed with --keys entries in its log; 10 times",
            options: options, making: .alone { options throws(UsageError) in try OpeningWorkload(.killed, options) }),
    ]

    private static let options: Set<WorkloadOption> = [.keys, .keySize, .valueSize]
    private static let openings = 10
    private static let mostOpenings = 100_000

    let end: StoreEnd
    let data: DataSet
    private let openings: Int

    init(_ end: StoreEnd, _ options: RunOptions) throws(UsageError) {
        guard options.rate == nil else { throw UsageError("openings come one after another; omit --rate") }
        guard options.data == nil else {
            throw UsageError("'\(options.workload)' makes the store that it opens; omit --data, or give --scratch")
        }
        openings = options.operations ?? Self.openings
        guard openings <= Self.mostOpenings else {
            throw UsageError("--operations is \(openings); give at most \(Self.mostOpenings) openings")
        }
        var options = options
        options.workers = 1
        data = try DataSet(options, valueSize: DataSet.usualValueSize)
        self.end = end
        // What the process before has written.
        for index in 0..<data.count { data.ledger.acknowledge(index, version: 1) }
    }

    var needs: Set<EngineFeature> { [.ownProcess] }
    var opens: StoreEnd? { end }
    var totalOperations: Int? { openings }
    var shape: String { data.shape + (end == .closed ? ", closed in order" : ", written by a process that was killed") }
    var parameters: WorkParameters { data.parameters(batch: nil, distribution: nil) }

    func makeWorker<Session: BenchSession>(_ number: Int, session: Session) -> any WorkloadWorker {
        ReadWorker(keys: KeyChooser(data, .uniform, worker: number), reader: EntryReader(data), session: session)
    }

    func check(_ session: some BenchSession) throws -> [String] {
        try data.check(session)
    }
}
