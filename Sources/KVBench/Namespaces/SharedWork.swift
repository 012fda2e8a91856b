import Synchronization

/// Numbered pieces of work that threads take one after another.
final class SharedWork: Sendable {
    private let numbers: [Int]
    private let next = Atomic(0)
    private let stop: StopRequest

    init(_ numbers: some Sequence<Int>, _ stop: StopRequest) {
        self.numbers = Array(numbers)
        self.stop = stop
    }

    /// Does all of it.
    ///
    /// - Parameter body: Does one piece. What it throws is counted, and the others are done all the same.
    func run(on threads: Int, _ body: @escaping @Sendable (Int, inout TimedOutcome) throws -> Void) throws
        -> TimedOutcome
    {
        let mailboxes = (0..<threads).map { _ in Mailbox<TimedOutcome>() }
        let workers = try mailboxes.map { mailbox in
            try WorkerThread(name: "tenants") { mailbox.post(self.work(body)) }
        }
        var total = TimedOutcome()
        for (worker, mailbox) in zip(workers, mailboxes) {
            worker.join()
            if let outcome = mailbox.take() { total.add(outcome) }
        }
        return total
    }

    private func work(_ body: (Int, inout TimedOutcome) throws -> Void) -> TimedOutcome {
        var outcome = TimedOutcome()
        while !stop.isMade {
            let index = next.add(1, ordering: .relaxed).oldValue
            guard index < numbers.count else { break }
            do {
                try body(numbers[index], &outcome)
            } catch {
                outcome.fail(error)
            }
        }
        return outcome
    }
}

/// What calls took, by what they were, and how many failed.
struct TimedOutcome: Sendable {
    private(set) var histograms: [String: LatencyHistogram] = [:]
    private(set) var errors = 0

    mutating func time<Result>(_ name: String, _ body: () throws -> Result) rethrows -> Result {
        let start = MonotonicClock.now()
        let result = try body()
        histograms[name, default: LatencyHistogram()].record(nanoseconds: MonotonicClock.now() - start)
        return result
    }

    mutating func fail(_ error: any Error) {
        // The first few are worth reading.
        if errors < 5 { Terminal.writeError("kvbench: \(error)\n") }
        errors += 1
    }

    mutating func add(_ other: TimedOutcome) {
        errors += other.errors
        for (name, histogram) in other.histograms { histograms[name, default: LatencyHistogram()].add(histogram) }
    }
}
