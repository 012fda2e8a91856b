/// What `kvbench namespaces` measured: its JSON document. Keys as in ``ResultDocument`` where they mean the same.
public struct NamespacesDocument: Codable, Sendable, Equatable {
    /// The version of the layout that this document has.
    public var schema = ResultDocument.currentSchema
    /// Always `namespaces`.
    public var workload = "namespaces"
    /// Always `kvstore`.
    public var engine = "kvstore"
    /// How the store keeps its namespaces.
    public var layout = "separate"
    /// How many namespaces there were.
    public var namespaces: Int
    /// How many of them could be open at once.
    public var maxOpen: Int
    /// How many threads created, wrote and read them.
    public var workers: Int
    /// What ended the run before its time, a signal's name; `null` when it was complete. What was not reached is `null` then.
    @OrNull public var cutShort: String? = nil
    /// Calls that failed and answers that were wrong.
    public var errors = 0
    /// The time to create all of them and to write ten entries to each; `null` when those of an earlier run were taken.
    @OrNull public var createSeconds: Double? = nil
    /// The time to read every entry of all of them, in another order.
    @OrNull public var readSeconds: Double? = nil
    /// The time to open the store with all of them in it.
    @OrNull public var openMilliseconds: Double? = nil
    /// The time to list all of them.
    @OrNull public var listMilliseconds: Double? = nil
    /// The time to tell the statistics of all of them.
    @OrNull public var statisticsMilliseconds: Double? = nil
    /// The time to close the store.
    @OrNull public var closeMilliseconds: Double? = nil
    /// Latencies: `create` of an empty namespace, `first_write` after that, `cold` for a read that opens one, `open` for the
    /// first read of one that is open, `drop`, where the
    /// data need not stay.
    public var latencyMicroseconds: [String: LatencySummary] = [:]
    /// Operations a second in one namespace among all of them, median of the rounds.
    @OrNull public var hotPerSecond: Double? = nil
    /// The same in a store with one.
    @OrNull public var lonePerSecond: Double? = nil
    /// The one divided by the other, median of the rounds.
    @OrNull public var hotRatio: Double? = nil
    /// The most memory that was resident, from the start of the process.
    @OrNull public var peakResidentBytes: Int? = nil
    /// The most descriptors that the process had open, sampled.
    public var peakDescriptors = 0
    /// How many it may have.
    public var descriptorLimit = 0
    /// The most threads that it had, sampled.
    public var peakThreads = 0
    /// The blocks that the data takes on disk.
    @OrNull public var diskBytes: Int? = nil
    /// Where this was measured.
    public var environment: RunEnvironment

    enum CodingKeys: String, CodingKey {
        case schema, workload, engine, layout, namespaces, workers, errors, environment
        case maxOpen = "max_open"
        case cutShort = "cut_short"
        case createSeconds = "create_s"
        case readSeconds = "read_s"
        case openMilliseconds = "open_ms"
        case listMilliseconds = "list_ms"
        case statisticsMilliseconds = "statistics_ms"
        case closeMilliseconds = "close_ms"
        case latencyMicroseconds = "latency_us"
        case hotPerSecond = "hot_operations_per_second"
        case lonePerSecond = "lone_operations_per_second"
        case hotRatio = "hot_ratio"
        case peakResidentBytes = "peak_rss_bytes"
        case peakDescriptors = "peak_descriptors"
        case descriptorLimit = "descriptor_limit"
        case peakThreads = "peak_threads"
        case diskBytes = "disk_bytes"
    }
}

extension NamespacesDocument {
    /// The figures for the terminal, ended by a line break.
    public var table: String {
        var figures = TextTable()
        func add(
            _ name: String, _ value: Double?, _ unit: String, _ text: (Double) -> String = { NumberText.short($0) }
        ) {
            if let value { figures.add([name, text(value) + unit]) }
        }
        add("create and write all", createSeconds, " s")
        add("read all", readSeconds, " s")
        add("open the store", openMilliseconds, " ms")
        add("list all", listMilliseconds, " ms")
        add("statistics of all", statisticsMilliseconds, " ms")
        add("close the store", closeMilliseconds, " ms")
        add("one hot namespace among them", hotPerSecond, " operations/s") { NumberText.grouped($0) }
        add("a store with one namespace", lonePerSecond, " operations/s") { NumberText.grouped($0) }
        add("ratio", hotRatio, "") { NumberText.plain($0.rounded(toPlaces: 3)) }
        add("peak memory", peakResidentBytes.map(Double.init), "") { NumberText.bytes(Int($0)) }
        figures.add(["peak descriptors", "\(peakDescriptors) of \(descriptorLimit)"])
        figures.add(["peak threads", "\(peakThreads)"])
        add("disk", diskBytes.map(Double.init), "") { NumberText.bytes(Int($0)) }
        figures.add(["errors", "\(errors)"])
        var latencies = TextTable()
        latencies.add(["us", "p50", "p90", "p99", "p99.9", "longest"])
        for (key, name) in [
            ("create", "create"), ("first_write", "first write"), ("cold", "first read, cold"),
            ("open", "first read, open"),
            ("drop", "drop"),
        ] {
            guard let latency = latencyMicroseconds[key] else { continue }
            latencies.add(
                [name]
                    + [latency.p50, latency.p90, latency.p99, latency.p999, latency.max].map { NumberText.short($0) })
        }
        var lines = TextWrapping.lines(
            "\(NumberText.grouped(namespaces)) namespaces, layout \(layout), at most \(maxOpen) open, \(workers) workers"
        )
        if let cutShort { lines.append("CUT SHORT by \(cutShort): what was measured until then") }
        return (lines + [""] + figures.lines + [""] + latencies.lines).joined(separator: "\n") + "\n"
    }
}
