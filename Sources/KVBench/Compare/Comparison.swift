import FoundationEssentials
import Glibc

/// The same work done by several in turn, round after round, so that a machine which changes its pace does not decide.
public struct Comparison: Sendable {
    /// Does a run and returns its document; `nil` for one that has measured nothing.
    typealias Runner = (Contestant, StopRequest) throws -> ResultDocument?

    private let options: ComparisonOptions
    private let contestants: [Contestant]

    /// Prepares a comparison. Nothing is opened or written yet.
    ///
    /// - Throws: `UsageError` for what cannot be compared or run.
    public init(_ options: ComparisonOptions) throws(UsageError) {
        try options.validate()
        self.options = options
        contestants = options.contestants
    }

    /// Runs all rounds, each run in a process of its own.
    ///
    /// - Parameters:
    ///   - stop: Ends it with the rounds that are complete, and what there is of the next.
    ///   - progress: Is told what begins, a line each.
    /// - Throws: `UsageError` when a run refuses, `Interrupted` when a signal came before anything was measured, and
    ///   what went wrong when a run ended without a result.
    public func run(stop: StopRequest, progress: (String) -> Void) throws -> ComparisonDocument {
        let process = RunProcess(shows: Terminal.showsProgress)
        return try run(stop: stop, progress: progress) { try process.run($0, $1) }
    }

    func run(stop: StopRequest, progress: (String) -> Void, by runner: Runner) throws -> ComparisonDocument {
        let started = Date()
        var runs: [[ResultDocument]] = contestants.map { _ in [] }
        var unfinished: [ResultDocument] = []
        for round in 0..<options.rounds where !stop.isMade {
            let results = try run(round, stop, progress, runner)
            let complete = results.compactMap { $0 }
            guard complete.count == contestants.count, !stop.isMade else {
                unfinished = complete
                break
            }
            for (place, document) in complete.enumerated() { runs[place].append(document) }
        }
        if let signal = stop.signal, runs[0].isEmpty, unfinished.isEmpty {
            throw Interrupted(signal: signal, keptData: nil)
        }
        var document = ComparisonDocument(
            started: started.formatted(.iso8601), cutShort: runs[0].count < options.rounds ? stop.name : nil,
            contestants: zip(contestants.map(\.name), runs).map { ($0, $1) })
        document.unfinished = unfinished.isEmpty ? nil : unfinished
        return document
    }

    /// A result of each in the order in which they were named; `nil` for those that were not reached.
    private func run(
        _ round: Int, _ stop: StopRequest, _ progress: (String) -> Void, _ runner: Runner
    ) throws -> [ResultDocument?] {
        var documents = [ResultDocument?](repeating: nil, count: contestants.count)
        for turn in contestants.indices {
            // Who begins takes turns.
            let place = (turn + round) % contestants.count
            progress("round \(round + 1) of \(options.rounds): \(contestants[place].name)")
            // What the one before has left to be written would be written while this one is measured.
            sync()
            guard !stop.isMade, let document = try runner(contestants[place], stop) else { break }
            documents[place] = document
        }
        return documents
    }
}
