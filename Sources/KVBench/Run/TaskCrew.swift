import Dispatch

/// The workers of a run as tasks on the cooperative pool, begun and waited for from a thread that is none of its own.
struct TaskCrew {
    private let runs: [WorkerRun]
    private let workers: [any AsyncWorkloadWorker]
    private let ended = DispatchSemaphore(value: 0)

    /// Makes the workers; none begins.
    init(_ runs: [WorkerRun], _ makeWorker: (Int) throws -> any AsyncWorkloadWorker) throws {
        self.runs = runs
        workers = try runs.indices.map(makeWorker)
    }

    /// Lets all begin.
    func begin() {
        let (runs, workers, ended) = (runs, workers, ended)
        Task.detached {
            await withTaskGroup(of: Void.self) { group in
                for (run, worker) in zip(runs, workers) { group.addTask { await run.work(worker) } }
            }
            ended.signal()
        }
    }

    /// Waits until all have ended.
    func wait() { ended.wait() }
}
