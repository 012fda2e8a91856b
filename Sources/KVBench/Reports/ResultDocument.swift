/// What a run measured: the JSON document of `--json`, described by `docs/kvbench-result.schema.json`.
///
/// Keys are never renamed within a schema version; a new one may be added. Times are in microseconds and sizes in bytes
/// unless the key says otherwise. What was not measured, or there is none of, is `null`, never 0.
public struct ResultDocument: Codable, Sendable, Equatable {
    /// The version of this document's layout.
    public static let currentSchema = 2

    /// The version of the layout that this document has. Of 1 it has no key that came with 2.
    public var schema = Self.currentSchema
    /// When the workers started: the date and the time in UTC.
    @OrNull public var started: String? = nil
    /// What ended the run before its time, a signal's name or `errors`; `null` when it was complete. The content has not
    /// been checked as a whole then.
    @OrNull public var cutShort: String? = nil
    /// The workload's name.
    public var workload: String
    /// What the workload was told to do.
    @OrNull public var work: WorkDocument? = nil
    /// The engine's name.
    public var engine: String
    /// The tuning's name.
    public var tuning: String
    /// The fields of the tuning that were set by themselves, as the user wrote them; `null` for none.
    @OrNull public var settings: [String: String]? = nil
    /// The durability that was in effect.
    public var durability: String
    /// What the engine loses with it.
    @OrNull public var losses: LossesDocument? = nil
    /// How many threads loaded the engine.
    public var workers: Int
    /// The time from the start of all workers to the end of the last.
    public var seconds: Double
    /// The writes that succeeded. A batch counts as one.
    public var writes: Int
    /// The reads that succeeded and returned what was written. A page counts as one.
    public var reads: Int
    /// The operations that failed or returned something wrong, and what the check at the end found.
    public var errors: Int
    /// The first errors that differ, in words.
    @OrNull public var failures: [String]? = nil
    /// Writes per second of `seconds`.
    public var writesPerSecond: Double
    /// Reads per second of `seconds`.
    public var readsPerSecond: Double
    /// Writes and reads per second of `seconds`.
    public var operationsPerSecond: Double
    /// What the writes wrote, where there were any.
    @OrNull public var written: AmountDocument? = nil
    /// What the reads read, where there were any.
    @OrNull public var read: AmountDocument? = nil
    /// The latencies by kind of operation, `write` and `read`, of those that there were.
    public var latencyMicroseconds: [String: LatencySummary]
    /// How many transactions began anew since another had changed what they read; `null` when there were none to do so.
    @OrNull public var conflicts: Int? = nil
    /// The CPU time of the whole process while the workers ran, and of a server that it started, divided by the operations.
    @OrNull public var cpuMicrosecondsPerOperation: Double? = nil
    /// The most memory that was resident, from the start of the process.
    @OrNull public var peakResidentBytes: Int? = nil
    /// The blocks that the data takes on disk when the workers have ended.
    @OrNull public var diskBytes: Int? = nil
    /// A sample for every second, or for each `--interval`, and one at the end.
    public var series: [SeriesSample]
    /// Every setting of the engine by its own name, as it is in effect.
    @OrNull public var engineSettings: [String: String]? = nil
    /// What the engine tells of itself when the workers have ended, by its own names.
    @OrNull public var engineStatistics: [String: Double]? = nil
    /// What else the machine did.
    @OrNull public var host: HostDocument? = nil
    /// Where this was measured.
    public var environment: RunEnvironment
    /// The operations a second that the run was paced at; `null` when it was not. Latencies then count from the moment
    /// at which an operation was due.
    @OrNull public var rate: Int? = nil
    /// The interval between syncs of a buffered log in seconds, 0 for none; `null` when the engine's own was left.
    @OrNull public var walSyncInterval: Double? = nil

    /// Counts something that went wrong outside the workers.
    mutating func fail(_ description: String) {
        errors += 1
        failures = (failures ?? []) + [description]
    }

    enum CodingKeys: String, CodingKey {
        case schema, started, workload, work, engine, tuning, settings, durability, losses, workers, seconds, writes,
            reads,
            errors
        case failures, written, read, conflicts
        case cutShort = "cut_short"
        case writesPerSecond = "writes_per_second"
        case readsPerSecond = "reads_per_second"
        case operationsPerSecond = "operations_per_second"
        case latencyMicroseconds = "latency_us"
        case cpuMicrosecondsPerOperation = "cpu_us_per_operation"
        case peakResidentBytes = "peak_rss_bytes"
        case diskBytes = "disk_bytes"
        case engineSettings = "engine_settings"
        case engineStatistics = "engine_statistics"
        case series, host, environment, rate
        case walSyncInterval = "wal_sync_interval_s"
    }
}

/// The latencies of one kind of operation in microseconds, all from one histogram.
public struct LatencySummary: Codable, Sendable, Equatable {
    /// The median.
    public var p50: Double
    /// What nine of ten do not exceed.
    public var p90: Double
    /// What 99 of 100 do not exceed.
    public var p99: Double
    /// What 999 of 1,000 do not exceed.
    public var p999: Double
    /// What 9,999 of 10,000 do not exceed.
    @OrNull public var p9999: Double? = nil
    /// The longest.
    public var max: Double
    /// The average.
    public var mean: Double
    /// How they are spread.
    @OrNull public var histogram: LatencySteps? = nil
}
