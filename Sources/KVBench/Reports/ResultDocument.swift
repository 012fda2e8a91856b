/// What a run measured: the JSON document of `--json`.
///
/// Keys are never renamed within a schema version; a new one may be added. Times are in microseconds, sizes in bytes.
public struct ResultDocument: Codable, Sendable, Equatable {
    /// The version of this document's layout.
    public static let currentSchema = 1

    /// The version of the layout that this document has.
    public var schema = Self.currentSchema
    /// The workload's name.
    public var workload: String
    /// The engine's name.
    public var engine: String
    /// The tuning's name.
    public var tuning: String
    /// The durability that was in effect.
    public var durability: String
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
    /// Writes per second of `seconds`.
    public var writesPerSecond: Double
    /// Reads per second of `seconds`.
    public var readsPerSecond: Double
    /// Writes and reads per second of `seconds`.
    public var operationsPerSecond: Double
    /// The distribution of latencies by kind of operation: `write` and `read`.
    public var latencyMicroseconds: [String: LatencySummary]
    /// The CPU time of the whole process while the workers ran, divided by the operations.
    public var cpuMicrosecondsPerOperation: Double
    /// The most memory that was resident, from the start of the process.
    public var peakResidentBytes: Int
    /// The blocks that the data takes on disk when the workers have ended.
    public var diskBytes: Int
    /// A sample for every second, and one at the end.
    public var series: [SeriesSample]
    /// Where this was measured.
    public var environment: RunEnvironment
    /// The operations a second that the run was paced at; absent when it was not. Latencies then count from the moment
    /// at which an operation was due.
    public var rate: Int?
    /// The interval between syncs of a buffered log in seconds, 0 for none; absent when the engine's own was left.
    public var walSyncInterval: Double?

    enum CodingKeys: String, CodingKey {
        case schema, workload, engine, tuning, durability, workers, seconds, writes, reads, errors
        case writesPerSecond = "writes_per_second"
        case readsPerSecond = "reads_per_second"
        case operationsPerSecond = "operations_per_second"
        case latencyMicroseconds = "latency_us"
        case cpuMicrosecondsPerOperation = "cpu_us_per_operation"
        case peakResidentBytes = "peak_rss_bytes"
        case diskBytes = "disk_bytes"
        case series, environment, rate
        case walSyncInterval = "wal_sync_interval_s"
    }
}

/// The latencies of one kind of operation in microseconds, all from one histogram; zeros when there was none.
public struct LatencySummary: Codable, Sendable, Equatable {
    /// The median.
    public var p50: Double
    /// What nine of ten do not exceed.
    public var p90: Double
    /// What 99 of 100 do not exceed.
    public var p99: Double
    /// What 999 of 1,000 do not exceed.
    public var p999: Double
    /// The longest.
    public var max: Double
    /// The average.
    public var mean: Double
}

/// The state of a run at one moment.
public struct SeriesSample: Codable, Sendable, Equatable {
    /// Seconds since the start.
    public var t: Double
    /// The writes since the start: rates are differences between samples.
    public var writes: Int
    /// The reads since the start.
    public var reads: Int
    /// The memory resident at this moment.
    public var residentBytes: Int
    /// The files in level 0, over all namespaces.
    public var level0Files: Int
    /// What the engine estimates that compactions have yet to rewrite.
    public var pendingCompactionBytes: Int

    enum CodingKeys: String, CodingKey {
        case t, writes, reads
        case residentBytes = "rss_bytes"
        case level0Files = "l0_files"
        case pendingCompactionBytes = "pending_compaction_bytes"
    }
}

/// The machine and the builds that a run was measured with.
public struct RunEnvironment: Codable, Sendable, Equatable {
    /// The engine's version.
    public var engineVersion: String
    /// How the engine was built and linked.
    public var engineBuild: String
    /// The processors that the process could use.
    public var cpus: Int
    /// The machine's memory.
    public var memoryBytes: Int
    /// The kernel's release.
    public var kernel: String
    /// The median time of a synced write of 4 KiB where the data was.
    public var syncMicroseconds: Double
    /// The Swift release.
    public var swift: String

    enum CodingKeys: String, CodingKey {
        case engineVersion = "engine_version"
        case engineBuild = "engine_build"
        case cpus
        case memoryBytes = "memory_bytes"
        case kernel
        case syncMicroseconds = "fsync_us"
        case swift
    }
}
