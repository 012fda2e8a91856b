/// The state of a run at one moment. Counts, times and bytes are since the start, so that rates are differences between samples.
public struct SeriesSample: Codable, Sendable, Equatable {
    /// Seconds since the start.
    public var t: Double
    /// The writes.
    public var writes: Int
    /// The reads.
    public var reads: Int
    /// The latencies of what ended since the sample before, by kind of operation, of those that there were.
    @OrNull public var latencyMicroseconds: [String: SampleLatency]? = nil
    /// The CPU time of the process, and of a server that it started.
    @OrNull public var cpuMicroseconds: Double? = nil
    /// What disks read for the process, without a server.
    @OrNull public var diskReadBytes: Int? = nil
    /// What the process had written to disks, without a server.
    @OrNull public var diskWrittenBytes: Int? = nil
    /// The memory resident at this moment.
    @OrNull public var residentBytes: Int? = nil
    /// The files in level 0, over all namespaces, of an engine that has levels.
    @OrNull public var level0Files: Int? = nil
    /// What such an engine estimates that compactions have yet to rewrite.
    @OrNull public var pendingCompactionBytes: Int? = nil
    /// The memory of memtables, those included that are being written out.
    @OrNull public var memtableBytes: Int? = nil
    /// What is in the engine's cache of blocks.
    @OrNull public var cacheBytes: Int? = nil
    /// How often such an engine slowed writes down or stopped them, by cause.
    @OrNull public var stalls: [String: Int]? = nil
    /// How long it held writes up.
    @OrNull public var stallMicroseconds: Double? = nil

    enum CodingKeys: String, CodingKey {
        case t, writes, reads, stalls
        case latencyMicroseconds = "latency_us"
        case cpuMicroseconds = "cpu_us"
        case diskReadBytes = "disk_read_bytes"
        case diskWrittenBytes = "disk_written_bytes"
        case residentBytes = "rss_bytes"
        case level0Files = "l0_files"
        case pendingCompactionBytes = "pending_compaction_bytes"
        case memtableBytes = "memtable_bytes"
        case cacheBytes = "cache_bytes"
        case stallMicroseconds = "stall_us"
    }
}

/// The latencies between two samples in microseconds, to a thousandth.
public struct SampleLatency: Codable, Sendable, Equatable {
    /// The median.
    public var p50: Double
    /// What 99 of 100 do not exceed.
    public var p99: Double
    /// The longest.
    public var max: Double
}
