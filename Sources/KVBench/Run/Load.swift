import FoundationEssentials

/// The measured part of a run: all workers at once, from the opening of the gate to the end of the last.
struct Load {
    /// What came of it.
    struct Outcome {
        var seconds = 0.0
        /// One histogram for each kind of operation, merged over the workers.
        var histograms = OperationKind.allCases.map { _ in LatencyHistogram() }
        /// How much they wrote or read, for each kind.
        var work = OperationKind.allCases.map { _ in WorkDone() }
        var errors = 0
        var descriptions: [String] = []
        /// When the workers started.
        var started = Date()
        /// The time of processors that they took, with that of a server; `nil` when that cannot be told.
        var cpuMicroseconds: Double?
        /// What the machine did meanwhile.
        var host = HostDocument()
        var series: [SeriesSample] = []

        /// Counts something that went wrong outside the workers.
        mutating func fail(_ description: String) {
            errors += 1
            descriptions.append(description)
        }
    }

    let workers: Int
    /// Whether they are tasks.
    var usesTasks = false
    let limits: RunLimits
    /// How often it is looked at; `nil` for every second.
    var interval: Duration?
    /// Whether a line says how far it is.
    let showsProgress: Bool
    let stop: StopRequest

    /// Runs the workload's workers on the engine.
    ///
    /// - Throws: What kept a worker from being made, or `Errno` when there are not enough threads. All threads have
    ///   ended then.
    func run(_ workload: any Workload, on engine: some BenchEngine) throws -> Outcome {
        let runs = (0..<workers).map {
            WorkerRun(number: $0, workers: workers, limits: limits, stop: stop)
        }
        let sampler = Sampler(
            counts: runs.map(\.live), interval: interval ?? .seconds(1),
            progress: showsProgress
                ? ProgressLine(duration: limits.duration, operations: limits.operations, isLog: interval != nil) : nil,
            usage: { ProcessUsage.now(with: engine) }, gauges: { try engine.gauges() })
        let gate = StartGate()
        let tasks = usesTasks ? try start(runs, of: workload, on: engine) : nil
        let threads =
            usesTasks
            ? [] : try start(runs, at: gate) { workload.makeWorker($0, session: try engine.makeSession()) }

        var outcome = Outcome()
        sampler.begin()
        let host = HostTimes.now()
        let (cpu, serverCPU) = (ProcessUsage.cpuMicroseconds(), engine.serverCPUMicroseconds())
        outcome.started = Date()
        let start = MonotonicClock.now()
        gate.open(for: threads.count)
        tasks?.begin()
        var sampling: WorkerThread?
        do {
            sampling = try WorkerThread(name: "sampler") { sampler.run(from: start) }
        } catch {
            outcome.fail("there was no thread to sample the run from: \(error)")
        }
        for thread in threads { thread.join() }
        tasks?.wait()
        let end = MonotonicClock.now()
        let ownCPU = ProcessUsage.cpuMicroseconds() - cpu
        if let serverCPU, let after = engine.serverCPUMicroseconds() {
            outcome.cpuMicroseconds = ownCPU + after - serverCPU
        }
        outcome.host = HostTimes.now().document(since: host, ownSeconds: outcome.cpuMicroseconds.map { $0 / 1e6 })
        sampler.finish()
        sampling?.join()

        outcome.seconds = Double(end - start) / 1e9
        for run in runs { outcome.add(run.recorder) }
        let (series, failure) = sampler.result(endingAt: end - start)
        outcome.series = series
        if let failure { outcome.fail(failure) }
        return outcome
    }

    /// Makes a task for each worker.
    private func start(
        _ runs: [WorkerRun], of workload: any Workload, on engine: some BenchEngine
    ) throws -> TaskCrew {
        let session = try engine.makeAsyncSession()
        return try TaskCrew(runs) { number in
            guard let task = workload.makeTask(number, session: session) else {
                throw UsageError("the workload has no tasks; omit --tasks")
            }
            return task
        }
    }

    /// Starts a thread for each worker and returns when all of them wait at the gate.
    private func start(
        _ runs: [WorkerRun], at gate: StartGate, _ makeWorker: @escaping @Sendable (Int) throws -> any WorkloadWorker
    ) throws -> [WorkerThread] {
        var threads: [WorkerThread] = []
        var failure: (any Error)?
        do {
            for run in runs { threads.append(try run.start(gate: gate, makeWorker)) }
        } catch {
            failure = error
        }
        gate.waitForArrival(of: threads.count)
        failure = failure ?? runs.lazy.compactMap(\.setupFailure).first
        guard let failure else { return threads }
        stop.makeForErrors()
        gate.open(for: threads.count)
        for thread in threads { thread.join() }
        throw failure
    }
}

extension Load.Outcome {
    /// Adds what one worker measured.
    mutating func add(_ recorder: WorkerRecorder) {
        for kind in OperationKind.allCases {
            histograms[kind.rawValue].add(recorder.histogram(kind))
            work[kind.rawValue].add(recorder.work(kind))
        }
        errors += recorder.errors
        for description in recorder.descriptions where !descriptions.contains(description) {
            descriptions.append(description)
        }
    }

    /// How many operations of that kind succeeded.
    func count(_ kind: OperationKind) -> Int {
        histograms[kind.rawValue].count
    }
}

extension ProcessUsage {
    /// With what a server takes: where there is one, what it reads and writes is not known.
    fileprivate static func now(with engine: some BenchEngine) -> ProcessUsage {
        var usage = now()
        let server = engine.serverCPUMicroseconds()
        usage.cpuMicroseconds = server.flatMap { server in usage.cpuMicroseconds.map { $0 + server } }
        if server != 0 { (usage.diskReadBytes, usage.diskWrittenBytes) = (nil, nil) }
        return usage
    }
}
