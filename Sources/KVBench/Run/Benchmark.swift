import KVStore
import SystemPackage

/// A run of one workload on one engine, or of several one after another on the same data, from an empty directory or what
/// an earlier run has left to the reports.
public struct Benchmark: Sendable {
    private let options: RunOptions
    private let stages: [Stage]
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
        self.engine = engine
        if options.reusesData, let data = options.data {
            let kept = try KeptData(in: data)
            self.options = try kept.adopted(by: options)
            stages = try Stage.chain(self.options)
            if let ledger = stages.first?.workload.dataSet?.ledger { try kept.restore(ledger, from: data) }
        } else {
            self.options = options
            stages = try Stage.chain(options)
        }
        for stage in stages { try engine.check(stage, self.options) }
    }

    /// Whether there are several workloads to run.
    public var isChain: Bool { stages.count > 1 }

    private func expectations(of workload: any Workload) -> [ExpectedRate] {
        engine.isThisLibrary ? workload.expectations : []
    }

    /// What is about to be run and what it is expected to reach, ended by a line break.
    public var announcement: String {
        var lines: [String] = []
        for stage in stages {
            lines += TextWrapping.lines("\(stage.name) on \(engine.name): \(stage.workload.shape)")
            let expectations = expectations(of: stage.workload)
            if !expectations.isEmpty {
                lines += TextWrapping.lines("expected: " + expectations.map(\.text).joined(separator: ", "))
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Runs a single workload and measures it, as ``runAll(stop:showsProgress:onStart:)`` does. Of several the report is that
    /// of the last one that was run.
    public func run(
        stop: StopRequest = StopRequest(), showsProgress: Bool = false, onStart: () -> Void = {}
    ) throws -> RunReport {
        let reports = try runAll(stop: stop, showsProgress: showsProgress, onStart: onStart)
        return reports[reports.count - 1]
    }

    /// Runs the workloads one after another and measures each.
    ///
    /// Errors of single operations are counted in the report and do not end the run, unless there are very many; but no
    /// other workload is run after one that had any. A signal ends it with what has been measured until then. Temporary
    /// data is gone when this returns or throws.
    ///
    /// - Parameters:
    ///   - stop: Ends the run early when it is made.
    ///   - showsProgress: Whether to say on standard error how far it is: every second over the last line, or with an
    ///     interval line after line.
    ///   - onStart: Called when the data directory is there, before anything is measured.
    /// - Returns: A report for each workload that was run, at least one.
    /// - Throws: `UsageError` when the data directory cannot be used, `Interrupted` when a signal ended the run before
    ///   anything was measured, and what the engine says when it cannot be opened.
    public func runAll(
        stop: StopRequest = StopRequest(), showsProgress: Bool = false, onStart: () -> Void = {}
    ) throws -> [RunReport] {
        let data =
            if options.reusesData, let data = options.data {
                try DataDirectory(reused: data)
            } else {
                try DataDirectory(requested: options.data, parent: options.scratch ?? ".")
            }
        onStart()
        var reports: [RunReport]
        do {
            reports = try measure(in: data, stop: stop, showsProgress: showsProgress)
        } catch {
            try data.removeIfTemporary()
            throw error
        }
        try data.removeIfTemporary()
        if let signal = stop.signal {
            reports.removeAll { $0.document.writes + $0.document.reads == 0 }
            if reports.isEmpty {
                throw Interrupted(signal: signal, keptData: data.isTemporary ? nil : data.path.string)
            }
        }
        return reports
    }

    private func measure(in data: DataDirectory, stop: StopRequest, showsProgress: Bool) throws -> [RunReport] {
        let syncMicroseconds = try SyncLatency.medianMicroseconds(in: data.path)
        // From now on it is not known what is there.
        if options.reusesData { try KeptData.removeMark(in: data.path) }
        var settings = EngineSettings(options, directory: data.path, keepsData: !data.isTemporary)
        settings.features = stages.reduce(into: []) { $0.formUnion($1.needs) }
        settings.timeToLive = stages.lazy.compactMap(\.workload.timeToLive).first
        if let stage = stages.first, let opening = stage.workload as? OpeningWorkload {
            return [try measure(opening, stage, settings, syncMicroseconds, stop)]
        }
        let opened = try engine.open(settings)
        let environment = RunEnvironment.current(
            opened.build, syncMicroseconds: syncMicroseconds, data: data.path.string)
        var documents: [ResultDocument] = []
        do {
            for stage in stages where documents.isEmpty || !stop.isMade && documents.allSatisfy({ $0.errors == 0 }) {
                let load = Load(
                    workers: options.workers, usesTasks: stage.usesTasks, limits: stage.limits,
                    interval: options.interval, showsProgress: showsProgress, stop: stop)
                let measured = try run(stage.workload, load, on: opened, in: data.path)
                documents.append(document(measured, stage, EngineDescription(opened), environment, stop))
            }
        } catch {
            // The failure that led here says more than that of an engine which then does not close either.
            try? opened.close()
            throw error
        }
        do {
            try opened.close()
            if !data.isTemporary, documents.allSatisfy({ $0.errors == 0 }), let set = stages.first?.workload.dataSet {
                try KeptData(set, options).write(to: data.path, set.ledger)
            }
        } catch {
            documents[documents.count - 1].fail("the engine did not close: \(error)")
        }
        return zip(stages, documents).map { stage, document in
            RunReport(
                document: document, shape: stage.workload.shape, expectations: expectations(of: stage.workload),
                signal: document.cutShort == nil ? nil : stop.signal,
                keptData: data.isTemporary ? nil : data.path.string)
        }
    }

    /// Measures how long it takes to open a store.
    private func measure(
        _ workload: OpeningWorkload, _ stage: Stage, _ settings: EngineSettings, _ syncMicroseconds: Double,
        _ stop: StopRequest
    ) throws -> RunReport {
        let run = OpeningRun(workload: workload, engine: engine, settings: settings, limits: stage.limits, stop: stop) {
            try StoreFiller.fill(options, in: $0, ready: $1, end: workload.end, stop)
        }
        let (measured, description) = try run.measure()
        let environment = RunEnvironment.current(
            description.build, syncMicroseconds: syncMicroseconds, data: settings.directory.string)
        return RunReport(
            document: document(measured, stage, description, environment, stop), shape: workload.shape,
            expectations: [],
            signal: stop.signal, keptData: nil)
    }

    private func run(
        _ workload: any Workload, _ load: Load, on engine: some BenchEngine, in directory: FilePath
    ) throws -> Measured {
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

    private func document(
        _ measured: Measured, _ stage: Stage, _ opened: EngineDescription, _ environment: RunEnvironment,
        _ stop: StopRequest
    ) -> ResultDocument {
        var document = measured.document(
            of: work(stage), engine: engine.name, durability: opened.durability, environment)
        document.tuning = options.tuning.rawValue
        document.settings =
            options.settings.isEmpty ? nil : Dictionary(options.settings.map { ($0.name, $0.value) }) { $1 }
        document.losses = engine.losses(opened.durability, options.walSyncInterval).map { LossesDocument($0) }
        document.cutShort = stop.name
        document.conflicts = stage.workload.conflicts
        document.engineSettings = opened.settings.isEmpty ? nil : opened.settings
        document.walSyncInterval = options.walSyncInterval.map { $0.duration?.inSeconds ?? 0 }
        return document
    }

    /// What a workload is told to do, as the document has it.
    private func work(_ stage: Stage) -> WorkDocument {
        let (parameters, limits) = (stage.workload.parameters, stage.limits)
        return WorkDocument(
            workload: stage.name, workers: stage.workload.opens == nil ? options.workers : 1,
            workersAre: stage.usesTasks ? "tasks" : "threads",
            namespaces: options.namespaces, keys: parameters.keys,
            keySize: parameters.keySize, valueSize: parameters.valueSize, batch: parameters.batch,
            distribution: parameters.distribution?.rawValue, mix: parameters.mix, scanLength: parameters.scanLength,
            timeToLive: parameters.timeToLive.map { $0.inSeconds.rounded(toPlaces: 3) },
            seed: options.seed, rate: options.rate, seconds: limits.duration?.inSeconds, operations: limits.operations,
            after: stage.after)
    }
}
