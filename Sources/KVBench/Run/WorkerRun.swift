/// One worker from its making to its end, on its own thread.
final class WorkerRun: @unchecked Sendable {  // its variables belong to its thread until that waits or has been joined
    /// After so many errors of one worker the run ends: an engine that has failed only fails faster from then on.
    static let maximumErrors = 100

    /// What the sampler may look at meanwhile.
    let live = LiveCounts()
    /// What the worker measured, once its thread has been joined.
    var recorder: WorkerRecorder
    /// Why the worker could not be made, once it has arrived at the gate.
    private(set) var setupFailure: (any Error)?
    let number: Int
    let workers: Int
    let limits: RunLimits
    let stop: StopRequest

    init(number: Int, workers: Int, limits: RunLimits, stop: StopRequest) {
        self.number = number
        self.workers = workers
        self.limits = limits
        self.stop = stop
        recorder = WorkerRecorder(live: live)
    }

    /// Starts the thread: it makes the worker, waits at the gate and works until a limit is reached.
    ///
    /// - Throws: `Errno` when there is no thread to be had.
    func start(gate: StartGate, _ makeWorker: @escaping @Sendable (Int) throws -> any WorkloadWorker) throws
        -> WorkerThread
    {
        try WorkerThread(name: "worker") { [self] in
            var worker: (any WorkloadWorker)?
            do {
                worker = try makeWorker(number)
            } catch {
                setupFailure = error
            }
            gate.arriveAndWait()
            if var worker { work(&worker) }
        }
    }

    private func work(_ worker: inout some WorkloadWorker) {
        // A local copy: a class's properties are checked for overlapping access each time.
        var recorder = recorder
        let start = MonotonicClock.now()
        let deadline = limits.duration.map { start + $0.inNanoseconds } ?? .max
        let share = limits.share(of: number, among: workers)
        let pacer = limits.rate.map { Pacer(rate: $0, worker: number, workers: workers, start: start) }
        var last = start
        var attempts = 0
        while attempts < share, last < deadline, !stop.isMade {
            if let pacer {
                guard let due = pacer.wait(for: attempts, until: deadline, stop) else { break }
                last = due
            }
            attempts += 1
            do {
                let operation = try worker.step()
                let now = MonotonicClock.now()
                recorder.record(operation, nanoseconds: now &- last)
                last = now
            } catch {
                recorder.fail(error)
                if recorder.errors >= Self.maximumErrors { stop.makeForErrors() }
                last = MonotonicClock.now()
            }
        }
        self.recorder = recorder
    }
}
