internal import FaultKit
internal import Foundation

/// Checks one store after another against its model, each with the next setup of the matrix.
package struct ModelCheck: Sendable {
    package let seed: UInt64
    package let operationsPerRun: Int
    package var variants = Setup.variants
    package var flaw: Model.Flaw?
    /// Whether now and then a process is killed that works on a store.
    package var kills = false
    package var shrinkSeconds = 120
    /// Kinds of operations that are left out, for going on beside what was found.
    package var without: Set<Operation.Kind> = []
    /// The first run, for going on where another check has stopped.
    package var firstRun = 0
    /// Where to write each operation before it is done, for what ends the process.
    package var trace: String?
    /// Where the time goes, if somebody wants to know.
    package var profile: OperationProfile?
    /// Told what happens, in lines.
    package var report: @Sendable (String) -> Void = { _ in }

    package init(seed: UInt64, operationsPerRun: Int = 20_000) {
        self.seed = seed
        self.operationsPerRun = operationsPerRun
    }

    /// What was done, and what was found, which ends it.
    package struct Result: Sendable {
        package var operations = 0
        package var runs = 0
        package var kills = 0
        package var failure: Failure?
        package var killFailure: String?
    }

    package struct Failure: Sendable, CustomStringConvertible {
        package let divergence: Divergence
        package let setup: Setup
        package let history: [Operation]
        package let description: String
    }

    package func setup(_ run: Int) -> Setup {
        Setup(variants[run % variants.count], seed: SeededRandom.mix(seed, UInt64(run)))
    }

    /// Goes on until so many operations are done, the deadline has passed or something is found.
    package func run(operations: Int, until deadline: UInt64 = .max) throws -> Result {
        var result = Result()
        while result.operations < operations, Clock.now < deadline {
            let number = firstRun + result.runs
            let setup = setup(number)
            let start = Clock.now
            if number % 10 == 9, kills, !setup.isInMemory {
                var random = SeededRandom(seed: setup.seed)
                let check = KillCheck(setup, operations: Int.random(in: 10...4000, using: &random))
                let (done, failure) = try check.run()
                result.kills += 1
                result.operations += done
                if let failure {
                    result.killFailure = failure
                    report("KVSTORE_SEED=\(seed): \(failure)")
                    return result
                }
            }
            let count = min(operationsPerRun, operations - result.operations)
            let (done, failure) = try check(setup, count, until: deadline)
            result.operations += done
            result.runs += 1
            if let failure {
                result.failure = failure
                report("\(failure)")
                return result
            }
            let rate = Double(done) / (Double(Clock.now - start) / 1e9)
            report("run \(number), \(setup.variant.name): \(done) operations, \(Int(rate)) a second")
        }
        return result
    }

    private func check(_ setup: Setup, _ count: Int, until deadline: UInt64) throws -> (Int, Failure?) {
        let run = try Run(setup, flaw: flaw)
        var source = OperationSource(setup, without: without)
        var history: [Operation] = []
        history.reserveCapacity(count)
        let trace = try trace.map { try HistoryTrace($0, setup) }
        while history.count < count, history.count & 255 != 0 || Clock.now < deadline {
            let operation = source.next()
            history.append(operation)
            trace?.note(operation)
            let before = profile == nil ? 0 : Clock.now
            let divergence = run.apply(operation)
            profile?.note(operation.kind, Clock.now - before)
            if let divergence {
                return (history.count, explain(divergence, history, setup))
            }
        }
        if let divergence = try run.finish() { return (history.count, explain(divergence, history, setup)) }
        return (history.count, nil)
    }

    /// Shrinks a history that diverges and tells how to repeat it.
    private func explain(_ divergence: Divergence, _ history: [Operation], _ setup: Setup) -> Failure {
        report("diverged at operation \(divergence.index) of setup \(setup.variant.name) \(setup.seed); shrinking")
        var shrinker = Shrinker(setup, flaw: flaw, seconds: shrinkSeconds)
        let shrunk = shrinker.shrink(history)
        let last = shrunk.flatMap { try? Run.play($0, setup, flaw: flaw) } ?? divergence
        var lines = ["A store and its model diverge: KVSTORE_SEED=\(seed)", "\(last)"]
        if shrunk == nil { lines.append("Played again, the history did not diverge: this depends on timing.") }
        let best = shrunk ?? history
        let text = HistoryFile(setup: setup, operations: best).text
        if best.count <= 60 {
            lines.append("\(best.count) of \(history.count) operations, for scripts/model.sh --replay FILE:")
            lines.append(text)
        } else {
            let path = "/var/tmp/kvstore-model-\(setup.seed).history"
            try? text.write(toFile: path, atomically: true, encoding: .utf8)
            lines.append("\(best.count) of \(history.count) operations: scripts/model.sh --replay \(path)")
        }
        return Failure(divergence: last, setup: setup, history: best, description: lines.joined(separator: "\n"))
    }
}

/// A history with the setup that it belongs to, as text.
package struct HistoryFile {
    package let setup: Setup
    package let operations: [Operation]

    package init(setup: Setup, operations: [Operation]) {
        self.setup = setup
        self.operations = operations
    }

    package init(_ text: String) throws {
        var lines = text.split(separator: "\n").filter { !$0.isEmpty && !$0.hasPrefix("#") }.map(String.init)[...]
        let head = (lines.popFirst() ?? "").split(separator: " ")
        guard head.count == 3, head[0] == "setup", let seed = UInt64(head[2]) else {
            throw HistoryError(description: "a history begins with: setup NAME SEED")
        }
        setup = try Setup(named: String(head[1]), seed: seed)
        operations = try lines.map { try Operation($0) }
    }

    package var text: String {
        (["setup \(setup.variant.name) \(setup.seed)"] + operations.map(\.description)).joined(separator: "\n") + "\n"
    }
}
