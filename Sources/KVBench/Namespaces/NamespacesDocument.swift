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
    /// Calls that failed and answers that were wrong.
    public var errors = 0
    /// The time to create all of them and to write ten entries to each; `null` when those of an earlier run were taken.
    @OrNull public var createSeconds: Double? = nil
    /// The time to read every entry of all of them, in another order.
    public var readSeconds = 0.0
    /// The time to open the store with all of them in it.
    public var openMilliseconds = 0.0
    /// The time to list all of them.
    public var listMilliseconds = 0.0
    /// The time to tell the statistics of all of them.
    public var statisticsMilliseconds = 0.0
    /// The time to close the store.
    public var closeMilliseconds = 0.0
    /// Latencies: `create` of an empty namespace, `first_write` after that, `cold` for a read that opens one, `open` for the
    /// first read of one that is open, `drop`, where the
    /// data need not stay.
    public var latencyMicroseconds: [String: LatencySummary] = [:]
    /// Operations a second in one namespace among all of them, median of the rounds.
    public var hotPerSecond = 0.0
    /// The same in a store with one.
    public var lonePerSecond = 0.0
    /// The one divided by the other, median of the rounds.
    public var hotRatio = 0.0
    /// The most memory that was resident, from the start of the process.
    @OrNull public var peakResidentBytes: Int? = nil
    /// The most descriptors that the process had open, sampled.
    public var peakDescriptors = 0
    /// How many it may have.
    public var descriptorLimit = 0
    /// The most threads that it had, sampled.
    public var peakThreads = 0
    /// The blocks that the data takes on disk.
    public var diskBytes = 0
    /// Where this was measured.
    public var environment: RunEnvironment

    enum CodingKeys: String, CodingKey {
        case schema, workload, engine, layout, namespaces, workers, errors, environment
        case maxOpen = "max_open"
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
        func add(_ name: String, _ value: String) { figures.add([name, value]) }
        if let createSeconds { add("create and write all", "\(createSeconds.rounded(toPlaces: 1)) s") }
        add("read all", "\(readSeconds.rounded(toPlaces: 1)) s")
        add("open the store", "\(openMilliseconds.rounded(toPlaces: 1)) ms")
        add("list all", "\(listMilliseconds.rounded(toPlaces: 1)) ms")
        add("statistics of all", "\(statisticsMilliseconds.rounded(toPlaces: 1)) ms")
        add("close the store", "\(closeMilliseconds.rounded(toPlaces: 1)) ms")
        add("one hot namespace among them", "\(NumberText.grouped(hotPerSecond)) operations/s")
        add("a store with one namespace", "\(NumberText.grouped(lonePerSecond)) operations/s")
        add("ratio", "\(hotRatio.rounded(toPlaces: 3))")
        if let peakResidentBytes { add("peak memory", NumberText.bytes(peakResidentBytes)) }
        add("peak descriptors", "\(peakDescriptors) of \(descriptorLimit)")
        add("peak threads", "\(peakThreads)")
        add("disk", NumberText.bytes(diskBytes))
        add("errors", "\(errors)")
        var latencies = TextTable()
        latencies.add(["latencies in microseconds", "p50", "p90", "p99", "p99.9", "max"])
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
        return
            ([
                "\(NumberText.grouped(namespaces)) namespaces, layout \(layout), at most \(maxOpen) open, \(workers) workers",
                "",
            ] + figures.lines + [""] + latencies.lines).joined(separator: "\n") + "\n"
    }
}
