import FoundationEssentials

/// The same workload with more and more workers, or at a higher and higher rate, to find where more of them bring no more.
///
/// Each step begins with a fresh directory, in a process of its own: it does not find what an earlier one has left.
public struct Ramp: Sendable {
    private let options: RunOptions
    private let steps: RampSteps

    /// Prepares a ramp. Nothing is opened or written yet.
    ///
    /// - Throws: `UsageError` for a step that cannot be run, and for options that the steps could not share.
    public init(_ options: RunOptions, _ steps: RampSteps) throws(UsageError) {
        guard options.data == nil else {
            throw UsageError(
                "each step of --ramp has a fresh directory; name where it is made with --scratch, not --data")
        }
        guard steps.axis != .rate || options.rate == nil else {
            throw UsageError("--rate and --ramp rate=... are two ways to say the same; give one of them")
        }
        self.options = options
        self.steps = steps
        for value in steps.values {
            guard try !Benchmark(steps.options(value, of: options)).isChain else {
                throw UsageError("--ramp takes one workload; name one")
            }
        }
    }

    /// Runs all steps.
    ///
    /// - Parameters:
    ///   - stop: Ends it with the steps that are complete.
    ///   - progress: Is told what begins, a line each.
    /// - Throws: `UsageError` when a run refuses, `Interrupted` when a signal came before the first step was complete, and
    ///   what went wrong when a run ended without a result.
    public func run(stop: StopRequest, progress: (String) -> Void) throws -> RampDocument {
        let process = RunProcess(shows: Terminal.showsProgress)
        return try run(stop: stop, progress: progress) { try process.run($0, $1) }
    }

    func run(stop: StopRequest, progress: (String) -> Void, by runner: Comparison.Runner) throws -> RampDocument {
        let started = Date()
        var results: [ResultDocument] = []
        for (place, value) in steps.values.enumerated() where !stop.isMade {
            let name = steps.name(value)
            progress("step \(place + 1) of \(steps.values.count): \(name)")
            let step = Contestant(name: name, options: steps.options(value, of: options))
            guard let result = try runner(step, stop), !stop.isMade else { break }
            results.append(result)
            // What comes behind one that has failed would fail as well.
            if result.errors > 0 { break }
        }
        if let signal = stop.signal, results.isEmpty { throw Interrupted(signal: signal, keptData: nil) }
        return RampDocument(
            steps, results, started: started.formatted(.iso8601),
            cutShort: results.count < steps.values.count ? stop.name : nil)
    }
}
