public import SystemPackage

/// What is profiled, and for how long.
public struct ProfileOptions: Sendable {
    /// The name of the workload, as `kvbench list` prints it.
    public var workload = "messages"
    /// The name of the engine, as `kvbench list` prints it.
    public var engine = "kvstore"
    /// How many threads load the engine.
    public var workers = 10
    /// How many seconds a measured run takes.
    public var seconds = 30
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
        guard (1...86_400).contains(seconds) else {
            throw UsageError("--duration is \(seconds) s; give from 1 to 86400 seconds")
        }
        guard (1...100).contains(rounds) else { throw UsageError("--rounds is \(rounds); give a number from 1 to 100") }
        for run in [self.run(), self.run(tuning: .before)] {
            guard run.tuning == .documented || hasBefore else { continue }
            _ = try Benchmark(run)
        }
    }

    /// Whether there is a tuning that was replaced, to compare with.
    var hasBefore: Bool {
        (try? EngineCatalog.entry(named: engine))?.tunings.contains(.before) == true
    }

    /// Whether it is this library that is loaded.
    var isThisLibrary: Bool { (try? EngineCatalog.entry(named: engine))?.isThisLibrary == true }

    /// A run of the load.
    func run(tuning: TuningChoice = .documented, seconds: Int? = nil, engine: String? = nil) -> RunOptions {
        var run = RunOptions()
        run.workload = workload
        run.engine = engine ?? self.engine
        run.tuning = tuning
        run.workers = workers
        run.duration = .seconds(seconds ?? measuredSeconds)
        // Each step fills a store of its own, which takes longer than such a run.
        if isQuick, takesKeys { run.keys = Self.quickKeys }
        return run
    }

    private static let quickKeys = 20_000

    private var takesKeys: Bool {
        (try? WorkloadCatalog.entry(named: workload))?.options.contains(.keys) == true
    }

    // MARK: How long each step takes

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
