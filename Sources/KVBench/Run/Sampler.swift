import Dispatch

/// Looks at a run once a second from a thread of its own: the time series, and the progress line.
final class Sampler: @unchecked Sendable {  // its state belongs to the sampling thread until that has been joined
    private let counts: [LiveCounts]
    private let gauges: @Sendable () throws -> EngineGauges
    private let finished = DispatchSemaphore(value: 0)
    private var progress: ProgressLine?
    private var series: [SeriesSample] = []
    private var failure: String?

    /// - Parameters:
    ///   - counts: What the workers count.
    ///   - gauges: The engine's own figures.
    ///   - progress: The line to draw every second, or `nil` for none.
    init(counts: [LiveCounts], progress: ProgressLine?, gauges: @escaping @Sendable () throws -> EngineGauges) {
        self.counts = counts
        self.gauges = gauges
        self.progress = progress
    }

    /// Samples every second from `start` on until `finish` is called.
    func run(from start: UInt64) {
        let origin = DispatchTime.now()
        var second = 1
        while finished.wait(timeout: origin + .seconds(second)) == .timedOut {
            sample(at: MonotonicClock.now() - start)
            drawProgress()
            second += 1
        }
        if progress != nil { Terminal.writeError(ProgressLine.clear) }
    }

    /// Ends `run`; the caller then joins its thread.
    func finish() {
        finished.signal()
    }

    /// The whole series with a last sample at `nanoseconds`, and the first failure of the engine to give its figures.
    /// To be called once, when the thread has been joined.
    func result(endingAt nanoseconds: UInt64) -> (series: [SeriesSample], failure: String?) {
        sample(at: nanoseconds)
        return (series, failure)
    }

    private func sample(at nanoseconds: UInt64) {
        var current = EngineGauges()
        do {
            current = try gauges()
        } catch {
            failure = failure ?? "the engine's figures could not be read: \(error)"
        }
        series.append(
            SeriesSample(
                t: (Double(nanoseconds) / 1e9).rounded(toPlaces: 3), writes: counts.total(.write),
                reads: counts.total(.read), residentBytes: ProcessUsage.residentBytes(),
                level0Files: current.level0Files, pendingCompactionBytes: current.pendingCompactionBytes))
    }

    private func drawProgress() {
        guard let last = series.last else { return }
        var latencies = LatencyHistogram()
        for count in counts {
            if let recent = count.latencies.take() { latencies.add(recent) }
        }
        if let line = progress?.text(seconds: last.t, operations: last.writes + last.reads, latencies: latencies) {
            Terminal.writeError(line)
        }
    }
}
