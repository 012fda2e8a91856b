public import KVStore
public import SystemPackage

/// What one run of a workload does: every option of `kvbench run` that changes what is measured or where.
public struct RunOptions: Sendable {
    /// The name of the workload, as `kvbench list` prints it, or several with commas between them.
    public var workload = "messages"
    /// The name of the engine, as `kvbench list` prints it.
    public var engine = "kvstore"
    /// Which server an engine that needs one uses; `nil` for one of its own.
    public var server: ServerChoice?
    /// The tuning that the engine is opened with.
    public var tuning = TuningChoice.documented
    /// The fields of the tuning that have another value.
    public var settings: [TuningSetting] = []
    /// Where the namespaces live; `nil` leaves it to the library.
    public var layout: LayoutChoice?
    /// When a commit is acknowledged; `nil` leaves it to the tuning.
    public var durability: Durability?
    /// How often the log of buffered commits is synced; `nil` leaves it to the library.
    public var walSyncInterval: WALSyncInterval?
    /// How long to run. With neither this nor `operations` a run takes 30 seconds; with both the first to be reached
    /// ends it. A workload that has only so much to do ends when it has done it.
    public var duration: Duration?
    /// How many operations to run in all, shared evenly among the workers.
    public var operations: Int?
    /// How many operations to start a second, over all workers; `nil` for as many as they can.
    ///
    /// With a rate a latency counts from the moment at which the operation was due, whether or not a worker was free
    /// to start it then: a stall of the engine shows in every operation that it held up.
    public var rate: Int?
    /// How many threads load the engine, or tasks.
    public var workers = 10
    /// Whether the workers are tasks, which suspend where threads wait.
    public var usesTasks = false
    /// Over how many namespaces the data is spread.
    public var namespaces = 1
    /// How many keys there are; `nil` leaves it to the workload.
    public var keys: Int?
    /// The size of a key in bytes; `nil` leaves it to the workload.
    public var keySize: Int?
    /// The size of a value in bytes; `nil` leaves it to the workload.
    public var valueSize: Int?
    /// How many entries one operation writes or reads; `nil` leaves it to the workload.
    public var batch: Int?
    /// Which keys are picked how often; `nil` leaves it to the workload.
    public var distribution: KeyDistribution?
    /// Which operations are mixed, for the workload `mix`.
    public var mix: OperationMix?
    /// How many entries the longest scan of a mix reads; `nil` leaves it to the workload.
    public var scanLength: Int?
    /// How long entries live; `nil` leaves it to the workload.
    public var timeToLive: Duration?
    /// How often the run is looked at for the time series, and with this a line says so; `nil` for every second.
    public var interval: Duration?
    /// What generated content is derived from: the same seed writes the same bytes.
    public var seed: UInt64 = 1
    /// Where the fresh directory is made; `nil` for the current one.
    public var scratch: FilePath?
    /// Where the data goes, and stays. `nil`: a fresh directory in the current one, removed at the end.
    public var data: FilePath?
    /// Whether the data in `data` is gone on with.
    public var reusesData = false

    /// The defaults.
    public init() {}

    /// The duration that bounds the run, or `nil` when only the number of operations does.
    var effectiveDuration: Duration? {
        duration ?? (operations == nil ? .seconds(30) : nil)
    }

    /// Checks what does not depend on the workload or the engine.
    ///
    /// - Throws: `UsageError` for the first value that no run can be made with.
    func validate() throws(UsageError) {
        guard (1...Self.maximumWorkers).contains(workers) else {
            throw UsageError(
                "\(usesTasks ? "--tasks" : "--workers") is \(workers); give a number from 1 to \(Self.maximumWorkers)")
        }
        if let duration, duration <= .zero {
            throw UsageError("--duration must be longer than 0; give for example --duration 30s")
        }
        if let operations, operations < 1 {
            throw UsageError("--operations is \(operations); give at least 1")
        }
        if let rate, !(1...Self.maximumRate).contains(rate) {
            throw UsageError("--rate is \(rate); give a number from 1 to \(Self.maximumRate) operations a second")
        }
        if let interval, interval < .milliseconds(100) {
            throw UsageError("--interval must be at least 100ms; give for example 1s or 10s")
        }
        guard scratch == nil || data == nil else {
            throw UsageError("--scratch is for data that goes, --data for data that stays; give one of them")
        }
        guard !reusesData || data != nil else {
            throw UsageError("--reuse goes on with the data of an earlier run; say where it is with --data")
        }
        guard namespaces >= 1 else {
            throw UsageError("--namespaces is \(namespaces); give at least 1")
        }
    }

    private static let maximumWorkers = 1000
    private static let maximumRate = 100_000_000
}
