public import SystemPackage

/// What is profiled, and for how long.
public struct ProfileOptions: Sendable {
    /// The load: any workload on any engine, with a tuning and what else `kvbench run` takes. Where the data goes and how
    /// long each run takes is decided here.
    public var load = RunOptions()
    /// How long a measured run takes; `nil` for 30 seconds, or 10 of a process that is attached to.
    public var duration: Duration?
    /// How often the measured run is done: with three or more the difference between two profiles can be told from chance.
    public var rounds = 1
    /// A few seconds in all: does it work, rather than how fast is it.
    public var isQuick = false
    /// Whether the data of the last measured run stays.
    public var keepsData = false
    /// Where the folder with the report is made.
    public var parent: FilePath = "profiles"
    /// What version of the program this is, for the report.
    public var commit: String?

    /// The defaults.
    public init() {}

    /// - Throws: `UsageError` for the first value that no profile can be made with.
    func validate() throws(UsageError) {
        guard let seconds = wholeSeconds(1...86_400) else {
            throw UsageError("--duration is for a profile from 1 to 86400 whole seconds; give for example 30s or 5m")
        }
        guard (1...100).contains(rounds) else { throw UsageError("--rounds is \(rounds); give a number from 1 to 100") }
        guard !load.workload.contains(",") else {
            throw UsageError("a profile is of one workload, not of \(load.workload)")
        }
        guard load.scratch == nil else {
            throw UsageError("the data of a profile is in the folder of --out while it runs; leave --scratch away")
        }
        _ = try Benchmark(run(seconds: seconds))
        if hasBefore { _ = try Benchmark(run(tuning: .before)) }
    }

    /// The duration as seconds, if it is such a number of whole ones.
    func wholeSeconds(_ range: ClosedRange<Int>, default usual: Int = 30) -> Int? {
        let duration = duration ?? .seconds(usual)
        guard duration.components.attoseconds == 0, range.contains(Int(duration.components.seconds)) else { return nil }
        return Int(duration.components.seconds)
    }

    /// Whether there is a tuning that was replaced, to compare with.
    var hasBefore: Bool {
        load.tuning == .documented
            && (try? EngineCatalog.entry(named: load.engine))?.tunings.contains(.before) == true
    }

    /// Whether it is this library that is loaded.
    var isThisLibrary: Bool { (try? EngineCatalog.entry(named: load.engine))?.isThisLibrary == true }

    /// Whether it is the load of the tuning document, on this library as it is.
    var isDocumentsLoad: Bool {
        load.workload == "messages" && isThisLibrary && load.tuning == .documented && load.settings.isEmpty
            && load.durability == nil && load.valueSize == nil
    }

    /// Whether the load makes the stores that it opens.
    var opensStores: Bool { OpeningWorkload.entries.contains { $0.name == load.workload } }

    /// A run of the load.
    ///
    /// - Parameter tuning: another tuning than that of the load, as it is: without the fields that have another value and
    ///   with its own durability.
    func run(tuning: TuningChoice? = nil, seconds: Int? = nil, engine: String? = nil) -> RunOptions {
        var run = load
        if let engine { (run.engine, run.settings) = (engine, []) }
        if let tuning { (run.tuning, run.settings, run.durability) = (tuning, [], nil) }
        run.duration = .seconds(seconds ?? measuredSeconds)
        // Each step fills a store of its own, which takes longer than such a run.
        if isQuick, takesKeys, run.keys == nil { run.keys = Self.quickKeys }
        return run
    }

    private static let quickKeys = 20_000

    private var takesKeys: Bool {
        (try? WorkloadCatalog.entry(named: load.workload))?.options.contains(.keys) == true
    }

    // MARK: How long each step takes

    private var seconds: Int { wholeSeconds(1...86_400) ?? 30 }
    var measuredSeconds: Int { isQuick ? min(seconds, 3) : seconds }
    var beforeSeconds: Int { isQuick ? 1 : 5 }
    var cpuSeconds: Int { isQuick ? 2 : 10 }
    var observedSeconds: Int { isQuick ? 2 : 10 }
    var waitSeconds: Int { isQuick ? 1 : 3 }
    var heapSeconds: Int { isQuick ? 1 : 3 }
    var peerSeconds: Int { isQuick ? 1 : 5 }

    /// What the disk has to have: data of the longest run as fast as disks are filled here, a log of every second of it and
    /// what the samples take until they are read.
    var neededBytes: Int {
        let longest = max(measuredSeconds, cpuSeconds)
        return (256 << 20) + min(longest, 600) * (48 << 20)
    }
}
