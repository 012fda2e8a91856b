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

    /// What is about to be run and what it is expected to reach, ended by a line break.
    public var announcement: String {
        var lines = TextWrapping.lines("\(options.workload) on \(engine.name): \(workload.shape)")
        if !expectations.isEmpty {
            lines += TextWrapping.lines("expected: " + expectations.map(\.text).joined(separator: ", "))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Runs the workload and measures it.
    ///
    /// Errors of single operations are counted in the report and do not end the run, unless there are very many. A signal
    /// ends it with what has been measured until then. Temporary data is gone when this returns or throws.
    ///
    /// - Parameters:
    ///   - stop: Ends the run early when it is made.
    ///   - showsProgress: Whether to say on standard error how far it is: every second over the last line, or with an
    ///     interval line after line.
    ///   - onStart: Called when the data directory is there, before anything is measured.
    /// - Throws: `UsageError` when the data directory cannot be used, `Interrupted` when a signal ended the run before
    ///   anything was measured, and what the engine says when it cannot be opened.
    public func run(
        stop: StopRequest = StopRequest(), showsProgress: Bool = false, onStart: () -> Void = {}
    ) throws -> RunReport {
        let data = try DataDirectory(requested: options.data, parent: options.scratch ?? ".")
        onStart()
        let report: RunReport
        do {
            report = try measure(in: data, stop: stop, showsProgress: showsProgress)
        } catch {
            try data.removeIfTemporary()
            throw error
        }
        try data.removeIfTemporary()
        if let signal = stop.signal, report.document.writes + report.document.reads == 0 {
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
            workers: options.workers, limits: limits, interval: options.interval, showsProgress: showsProgress,
            stop: stop)
        var measured: Measured
        do {
            measured = try run(load, on: opened, in: data.path)
        } catch {
            // The failure that led here says more than that of an engine which then does not close either.
            try? opened.close()
            throw error
        }
        let environment = RunEnvironment.current(
            opened.build, syncMicroseconds: syncMicroseconds, data: data.path.string)
        let (durability, settings) = (opened.durability, opened.effectiveSettings)
        do {
            try opened.close()
        } catch {
            measured.outcome.fail("the engine did not close: \(error)")
        }
        var document = measured.document(of: work, engine: engine.name, durability: durability, environment)
        document.tuning = options.tuning.rawValue
        document.losses = engine.losses(durability, options.walSyncInterval).map { LossesDocument($0) }
        document.cutShort = stop.name
        document.engineSettings = settings.isEmpty ? nil : settings
        document.walSyncInterval = options.walSyncInterval.map { $0.duration?.inSeconds ?? 0 }
        return RunReport(
            document: document, shape: workload.shape, expectations: expectations, signal: stop.signal,
            keptData: data.isTemporary ? nil : data.path.string)
    }

    private func run(_ load: Load, on engine: some BenchEngine, in directory: FilePath) throws -> Measured {
        try workload.prepare(engine.makeSession(), until: load.stop)
        var measured = Measured(outcome: try load.run(workload, on: engine))
        measured.diskBytes = try engine.diskBytes(below: directory)
        do {
            let statistics = try engine.statistics()
            measured.statistics = statistics.isEmpty ? nil : statistics
        } catch {
            measured.outcome.fail("the engine's statistics could not be read: \(error)")
        }
        // After an error the counts may differ without a second fault: a failed commit's outcome is unknown.
        if measured.outcome.errors == 0, load.stop.signal == nil {
            for failure in try workload.check(engine.makeSession()) { measured.outcome.fail(failure) }
        }
        return measured
    }

    /// What the workload is told to do, as the document has it.
    private var work: WorkDocument {
        let (parameters, limits) = (workload.parameters, limits)
        return WorkDocument(
            workload: options.workload, workers: options.workers, namespaces: options.namespaces, keys: parameters.keys,
            keySize: parameters.keySize, valueSize: parameters.valueSize, batch: parameters.batch,
            distribution: parameters.distribution?.rawValue, seed: options.seed, rate: options.rate,
            seconds: limits.duration?.inSeconds, operations: limits.operations)
    }
}
