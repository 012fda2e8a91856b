import KVStore
import SystemPackage

/// One run of one workload on one engine, from an empty directory to a report.
public struct Benchmark: Sendable {
    private let options: RunOptions
    private let workload: any Workload
    private let engine: EngineEntry

    /// Prepares a run. Nothing is opened or written yet.
    ///
    /// - Throws: `UsageError` for options that no run can be made with.
    public init(_ options: RunOptions) throws(UsageError) {
        try self.init(options, engine: EngineCatalog.entry(named: options.engine))
    }

    init(_ options: RunOptions, engine: EngineEntry) throws(UsageError) {
        try options.validate()
        try engine.check(options)
        self.options = options
        self.engine = engine
        let entry = try WorkloadCatalog.entry(named: options.workload)
        try entry.check(options)
        workload = try entry.make(options)
        if let total = workload.totalOperations, let operations = options.operations, operations > total {
            throw UsageError(
                "--operations is \(operations), but '\(options.workload)' has \(total) to do; give at most that many,"
                    + " or more --keys")
        }
    }

    private var limits: RunLimits {
        RunLimits(
            duration: workload.totalOperations == nil ? options.effectiveDuration : options.duration,
            operations: options.operations ?? workload.totalOperations, rate: options.rate)
    }

    private var expectations: [ExpectedRate] { engine.isThisLibrary ? workload.expectations : [] }

    /// What is about to be run and what it is expected to reach, a line each, ended by a line break.
    public var announcement: String {
        var text = "\(options.workload) on \(engine.name): \(workload.shape)\n"
        if !expectations.isEmpty {
            text += "expected: " + expectations.map(\.text).joined(separator: ", ") + "\n"
        }
        return text
    }

    /// Runs the workload and measures it.
    ///
    /// Errors of single operations are counted in the report and do not end the run, unless there are very many.
    /// Temporary data is gone when this returns or throws.
    ///
    /// - Parameters:
    ///   - stop: Ends the run early when it is made.
    ///   - showsProgress: Whether to draw a line on standard error every second.
    ///   - onStart: Called when the data directory is there, before anything is measured.
    /// - Throws: `UsageError` when the data directory cannot be used, `Interrupted` when a signal ended the run, and
    ///   what the engine says when it cannot be opened.
    public func run(
        stop: StopRequest = StopRequest(), showsProgress: Bool = false, onStart: () -> Void = {}
    ) throws -> RunReport {
        let data = try DataDirectory(requested: options.data)
        onStart()
        let report: RunReport
        do {
            report = try measure(in: data, stop: stop, showsProgress: showsProgress)
        } catch {
            try data.removeIfTemporary()
            throw error
        }
        try data.removeIfTemporary()
        if let signal = stop.signal {
            throw Interrupted(signal: signal, keptData: report.keptData)
        }
        return report
    }

    private func measure(in data: DataDirectory, stop: StopRequest, showsProgress: Bool) throws -> RunReport {
        let syncMicroseconds = try SyncLatency.medianMicroseconds(in: data.path)
        let opened = try engine.open(
            EngineSettings(
                directory: data.path, tuning: options.tuning, durability: options.durability,
                walSyncInterval: options.walSyncInterval, keyspaces: options.namespaces, workers: options.workers,
                server: options.server ?? .own, keepsData: !data.isTemporary))
        let load = Load(
            workers: options.workers, limits: limits, showsProgress: showsProgress, stop: stop)
        var (outcome, diskBytes): (Load.Outcome, Int)
        do {
            (outcome, diskBytes) = try run(load, on: opened, in: data.path)
        } catch {
            // The failure that led here says more than that of an engine which then does not close either.
            try? opened.close()
            throw error
        }
        let (build, durability) = (opened.build, opened.durability)
        do {
            try opened.close()
        } catch {
            outcome.fail("the engine did not close: \(error)")
        }
        return report(
            outcome, durability: durability, diskBytes: diskBytes, data: data, endedForErrors: stop.isForErrors,
            environment: RunEnvironment(
                engineVersion: build.version, engineBuild: build.build, cpus: Machine.cpus,
                memoryBytes: Machine.memoryBytes, kernel: Machine.kernel, syncMicroseconds: syncMicroseconds,
                swift: Machine.swift))
    }

    private func run(_ load: Load, on engine: some BenchEngine, in directory: FilePath) throws -> (Load.Outcome, Int) {
        try workload.prepare(engine.makeSession(), until: load.stop)
        var outcome = try load.run(workload, on: engine)
        let diskBytes = try DiskUsage.allocatedBytes(below: directory)
        // After an error the counts may differ without a second fault: a failed commit's outcome is unknown.
        if outcome.errors == 0, load.stop.signal == nil {
            for failure in try workload.check(engine.makeSession()) { outcome.fail(failure) }
        }
        return (outcome, diskBytes)
    }

    private func report(
        _ outcome: Load.Outcome, durability: Durability, diskBytes: Int, data: DataDirectory, endedForErrors: Bool,
        environment: RunEnvironment
    ) -> RunReport {
        let (writes, reads) = (outcome.count(.write), outcome.count(.read))
        func perSecond(_ count: Int) -> Double {
            (Double(count) / max(outcome.seconds, 1e-9)).rounded(toPlaces: 1)
        }
        var latencies: [String: LatencySummary] = [:]
        for kind in OperationKind.allCases { latencies[kind.name] = outcome.histograms[kind.rawValue].summary }
        let document = ResultDocument(
            workload: options.workload, engine: engine.name, tuning: options.tuning.rawValue,
            durability: durability.rawValue, workers: options.workers, seconds: outcome.seconds.rounded(toPlaces: 3),
            writes: writes, reads: reads, errors: outcome.errors, writesPerSecond: perSecond(writes),
            readsPerSecond: perSecond(reads), operationsPerSecond: perSecond(writes + reads),
            latencyMicroseconds: latencies,
            cpuMicrosecondsPerOperation: (outcome.cpuMicroseconds / Double(max(1, writes + reads)))
                .rounded(toPlaces: 2),
            peakResidentBytes: ProcessUsage.peakResidentBytes(), diskBytes: diskBytes, series: outcome.series,
            environment: environment, rate: options.rate,
            walSyncInterval: options.walSyncInterval.map { $0.duration?.inSeconds ?? 0 })
        return RunReport(
            document: document, shape: workload.shape, expectations: expectations,
            errors: Array(outcome.descriptions.prefix(WorkerRecorder.describedErrors)), endedForErrors: endedForErrors,
            keptData: data.isTemporary ? nil : data.path.string)
    }
}
