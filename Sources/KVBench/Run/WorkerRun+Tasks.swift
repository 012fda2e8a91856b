extension WorkerRun {
    /// Works as a task until a limit is reached: as a thread does, but that it suspends where that waits.
    func work(_ worker: any AsyncWorkloadWorker) async {
        var worker = worker
        var recorder = recorder
        let start = MonotonicClock.now()
        let deadline = limits.duration.map { start + $0.inNanoseconds } ?? .max
        let share = limits.share(of: number, among: workers)
        let pacer = limits.rate.map { Pacer(rate: $0, worker: number, workers: workers, start: start) }
        var last = start
        var attempts = 0
        while attempts < share, last < deadline, !stop.isMade {
            if let pacer {
                guard let due = await pacer.suspend(until: attempts, deadline, stop) else { break }
                last = due
            }
            attempts += 1
            do {
                let operation = try await worker.step()
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

extension Pacer {
    /// As ``wait(for:until:_:)``, suspending the task.
    func suspend(until operation: Int, _ deadline: UInt64, _ stop: StopRequest) async -> UInt64? {
        let due = due(operation)
        let end = min(due, deadline)
        var now = MonotonicClock.now()
        while now < end, !stop.isMade {
            // In short pieces, so that a signal does not have to wait for a slow rate.
            try? await Task.sleep(nanoseconds: min(end - now, Self.longestSleep))
            now = MonotonicClock.now()
        }
        return due < deadline && now < deadline && !stop.isMade ? due : nil
    }
}
