/// A load with a name: what to write and read, and how to tell that the answers are right.
///
/// One instance serves one run.
protocol Workload: Sendable {
    /// What the run is expected to reach; empty when nothing is promised.
    var expectations: [ExpectedRate] { get }
    /// One line that says what is loaded, for the head of the table.
    var shape: String { get }
    /// The same in numbers, for the document.
    var parameters: WorkParameters { get }

    /// The entries that it writes and reads, which other workloads can go on with; `nil` when it has data of its own.
    var dataSet: DataSet? { get }

    /// What the engine has to have.
    var needs: Set<EngineFeature> { get }
    /// How long its entries live; `nil` for ever.
    var timeToLive: Duration? { get }
    /// What happened before to the process that had the store open, for a workload that opens it itself; `nil` for the others.
    var opens: StoreEnd? { get }
    /// How many transactions have begun anew so far; `nil` when it has none.
    var conflicts: Int? { get }

    /// How many operations there are to do in all; `nil` when there is no end.
    var totalOperations: Int? { get }

    /// Writes what must be there before the measurement starts. Ends early when `stop` is made.
    func prepare(_ session: some BenchSession, until stop: StopRequest) throws
    /// The worker of that number, counted from 0; called on the worker's thread.
    func makeWorker<Session: BenchSession>(_ number: Int, session: Session) -> any WorkloadWorker
    /// The task of that number, counted from 0; `nil` for a workload that has only threads.
    func makeTask(_ number: Int, session: any AsyncBenchSession) -> (any AsyncWorkloadWorker)?
    /// Checks the whole when all workers have ended.
    ///
    /// - Returns: What is wrong, a sentence each.
    func check(_ session: some BenchSession) throws -> [String]
}

extension Workload {
    var expectations: [ExpectedRate] { [] }
    var dataSet: DataSet? { nil }
    var needs: Set<EngineFeature> { [] }
    var timeToLive: Duration? { nil }
    var opens: StoreEnd? { nil }
    var conflicts: Int? { nil }
    var totalOperations: Int? { nil }
    func prepare(_ session: some BenchSession, until stop: StopRequest) throws {}
    func makeTask(_ number: Int, session: any AsyncBenchSession) -> (any AsyncWorkloadWorker)? { nil }
    func check(_ session: some BenchSession) throws -> [String] { [] }
}

/// One thread's part of a workload.
protocol WorkloadWorker {
    /// Does one operation and says what it was. The time it takes is the operation's latency.
    ///
    /// - Throws: Whatever went wrong, a wrong answer of the engine included; the run counts it and goes on.
    mutating func step() throws -> Operation
}

/// One task's part of a workload.
protocol AsyncWorkloadWorker: Sendable {
    /// Does one operation and says what it was, as a thread does.
    mutating func step() async throws -> Operation
}

/// What a step did.
struct Operation: Sendable, Equatable {
    var kind: OperationKind
    /// How many entries it wrote, deleted or read.
    var entries = 1
    /// How many bytes of keys and values those have.
    var bytes: Int
}

/// What an operation is counted as.
enum OperationKind: Int, CaseIterable, Sendable {
    case write
    case read

    /// Its key in the result document.
    var name: String {
        switch self {
        case .write: "write"
        case .read: "read"
        }
    }
}

/// An answer of the engine that is not what was written.
struct WrongAnswer: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
