import Dispatch

/// Looks at a run at an interval from a thread of its own: the time series, and what is said meanwhile.
final class Sampler: @unchecked Sendable {  // its state belongs to the sampling thread until that has been joined
    private let counts: [LiveCounts]
    private let interval: Duration
    private let gauges: @Sendable () throws -> EngineGauges
    private let usage: @Sendable () -> ProcessUsage
    private let finished = DispatchSemaphore(value: 0)
    private var progress: ProgressLine?
    private var series: [SeriesSample] = []
    private var failure: String?
    private var firstGauges = EngineGauges()
    private var firstUsage = ProcessUsage()
    /// The latencies of each kind up to the last sample.
    private var seen = OperationKind.allCases.map { _ in LatencyHistogram() }

    /// - Parameters:
    ///   - counts: What the workers count.
    ///   - interval: How often it looks.
    ///   - progress: The line to draw then, or `nil` for none.
    ///   - usage: What has been taken from the machine.
    ///   - gauges: The engine's own figures.
    init(
        counts: [LiveCounts], interval: Duration = .seconds(1), progress: ProgressLine?,
        usage: @escaping @Sendable () -> ProcessUsage, gauges: @escaping @Sendable () throws -> EngineGauges
    ) {
        self.counts = counts
        self.interval = interval
        self.usage = usage
        self.gauges = gauges
        self.progress = progress
    }

    /// Notes what was before the workers start. To be called before `run`.
    func begin() {
        firstUsage = usage()
        firstGauges = readGauges()
    }

    /// Samples from `start` on until `finish` is called.
    func run(from start: UInt64) {
        let (origin, begun) = (DispatchTime.now(), MonotonicClock.now())
        let step = max(1, interval.inNanoseconds)
        var next = step
        while finished.wait(timeout: origin + .nanoseconds(Int(clamping: next))) == .timedOut {
            drawProgress(sample(at: MonotonicClock.now() - start))
            // Where it could not look in time, it does not look more often for that.
            next = max(next, MonotonicClock.now() - begun) / step &* step &+ step
        }
        if let text = progress?.cleared(), !text.isEmpty { Terminal.writeError(text) }
    }

    /// Ends `run`; the caller then joins its thread.
    func finish() {
        finished.signal()
    }

    /// The whole series with a last sample at `nanoseconds`, and the first failure of the engine to give its figures.
    /// To be called once, when the thread has been joined.
    func result(endingAt nanoseconds: UInt64) -> (series: [SeriesSample], failure: String?) {
        _ = sample(at: nanoseconds)
        return (series, failure)
    }

    private func readGauges() -> EngineGauges {
        do {
            return try gauges()
        } catch {
            failure = failure ?? "the engine's figures could not be read: \(error)"
            return EngineGauges()
        }
    }

    /// - Returns: the latencies of all kinds since the last sample.
    private func sample(at nanoseconds: UInt64) -> LatencyHistogram {
        let (current, used) = (readGauges(), usage())
        var all = LatencyHistogram()
        var latencies: [String: SampleLatency] = [:]
        for kind in OperationKind.allCases {
            let now = counts.latencies(kind)
            var recent = now
            recent.subtract(seen[kind.rawValue])
            seen[kind.rawValue] = now
            latencies[kind.name] = recent.moment
            all.add(recent)
        }
        func since<Number: Numeric>(_ first: Number?, _ now: Number?) -> Number? {
            guard let first, let now else { return nil }
            return now - first
        }
        var sample = SeriesSample(
            t: (Double(nanoseconds) / 1e9).rounded(toPlaces: 3), writes: seen[OperationKind.write.rawValue].count,
            reads: seen[OperationKind.read.rawValue].count)
        sample.latencyMicroseconds = latencies
        sample.cpuMicroseconds = since(firstUsage.cpuMicroseconds, used.cpuMicroseconds)?.rounded()
        sample.diskReadBytes = since(firstUsage.diskReadBytes, used.diskReadBytes)
        sample.diskWrittenBytes = since(firstUsage.diskWrittenBytes, used.diskWrittenBytes)
        sample.residentBytes = used.residentBytes
        sample.level0Files = current.level0Files
        sample.pendingCompactionBytes = current.pendingCompactionBytes
        sample.memtableBytes = current.memtableBytes
        sample.cacheBytes = current.cacheBytes
        sample.stalls = current.stalls?.reduce(into: [:]) { $0[$1.key] = $1.value - (firstGauges.stalls?[$1.key] ?? 0) }
        sample.stallMicroseconds = since(firstGauges.stallMicroseconds, current.stallMicroseconds)
        series.append(sample)
        return all
    }

    private func drawProgress(_ latencies: LatencyHistogram) {
        guard let last = series.last else { return }
        if let line = progress?.text(seconds: last.t, operations: last.writes + last.reads, latencies: latencies) {
            Terminal.writeError(line)
        }
    }
}
