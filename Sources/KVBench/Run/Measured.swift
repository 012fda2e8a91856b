import FoundationEssentials
import KVStore

/// What came of a run, on the way into its document.
struct Measured {
    var outcome: Load.Outcome
    var diskBytes: Int?
    var statistics: [String: Double]?

    func document(
        of work: WorkDocument, engine: String, durability: Durability, _ environment: RunEnvironment
    ) -> ResultDocument {
        let (writes, reads) = (outcome.count(.write), outcome.count(.read))
        var latencies: [String: LatencySummary] = [:]
        for kind in OperationKind.allCases { latencies[kind.name] = outcome.histograms[kind.rawValue].summary }
        return ResultDocument(
            started: outcome.started.formatted(.iso8601), workload: work.workload, work: work, engine: engine,
            tuning: "",
            durability: durability.rawValue, workers: work.workers, seconds: outcome.seconds.rounded(toPlaces: 3),
            writes: writes, reads: reads, errors: outcome.errors,
            failures: Array(outcome.descriptions.prefix(WorkerRecorder.describedErrors)),
            writesPerSecond: perSecond(Double(writes), 1), readsPerSecond: perSecond(Double(reads), 1),
            operationsPerSecond: perSecond(Double(writes + reads), 1), written: amount(.write), read: amount(.read),
            latencyMicroseconds: latencies,
            cpuMicrosecondsPerOperation: writes + reads == 0
                ? nil : outcome.cpuMicroseconds.map { ($0 / Double(writes + reads)).rounded(toPlaces: 2) },
            peakResidentBytes: ProcessUsage.peakResidentBytes(), diskBytes: diskBytes, series: outcome.series,
            engineStatistics: statistics, host: outcome.host, environment: environment, rate: work.rate)
    }

    private func amount(_ kind: OperationKind) -> AmountDocument? {
        guard outcome.count(kind) > 0 else { return nil }
        let work = outcome.work[kind.rawValue]
        return AmountDocument(
            entries: work.entries, bytes: work.bytes, entriesPerSecond: perSecond(Double(work.entries), 1),
            megabytesPerSecond: perSecond(Double(work.bytes) / 1e6, 3))
    }

    private func perSecond(_ amount: Double, _ places: Int) -> Double {
        (amount / max(outcome.seconds, 1e-9)).rounded(toPlaces: places)
    }
}

extension RunEnvironment {
    /// This machine and the builds that run on it.
    static func current(_ engine: EngineBuild, syncMicroseconds: Double, data: String) -> RunEnvironment {
        RunEnvironment(
            engineVersion: engine.version, engineBuild: engine.build, libraryVersion: Store.libraryVersion,
            cpus: Machine.cpus, cpuModel: Machine.cpuModel, memoryBytes: Machine.memoryBytes, kernel: Machine.kernel,
            fileSystem: Machine.fileSystem(of: data), syncMicroseconds: syncMicroseconds, swift: Machine.swift)
    }
}

extension LossesDocument {
    init(_ losses: Losses) {
        self.init(kill: losses.kill.text, powerCut: losses.powerCut.text)
    }
}
