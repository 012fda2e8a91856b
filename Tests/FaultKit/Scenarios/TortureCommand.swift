internal import Foundation
internal import Glibc

/// The driver: harms stores, by the scenarios that it is given in rotation, for a number of rounds or of minutes.
///
/// `run --scenarios kill,cut-ext4 --rounds 20 --minutes 10 --seed 5 --only flushing --verbose 1`
package enum TortureCommand {
    /// - Returns: the exit status: 0 when nothing was violated, 1 otherwise.
    package static func run(_ arguments: Arguments) throws -> Int32 {
        Cleanup.shared.onSignals()
        let seed = arguments.text("seed").flatMap { UInt64($0) } ?? Seed.fromEnvironment()
        let names = try arguments.required("scenarios").split(separator: ",").map(String.init)
        let rounds = try arguments.number("rounds", default: .max)
        let minutes = try arguments.number("minutes", default: 0)
        let isVerbose = try arguments.number("verbose", default: 0) != 0
        let deadline = minutes > 0 ? Clock.after(milliseconds: minutes * 60_000) : .max
        guard rounds != .max || minutes > 0 else { throw FaultFailure("either --rounds or --minutes is needed") }
        ChildSetup.print("seed \(seed): KVSTORE_SEED=\(seed) repeats the choices of this run")

        var scenarios: [any FaultScenario] = []
        for name in names {
            guard let type = FaultScenarios.named(name) else { throw FaultFailure("no scenario is called \(name)") }
            scenarios.append(try type.init(only: arguments.text("only")))
        }
        var report = FaultReport()
        var round = 0
        while round < rounds, Clock.now < deadline {
            let scenario = scenarios[round % scenarios.count]
            var random = SeededRandom(seed: SeededRandom.mix(seed, UInt64(round)))
            let outcome = try scenario.round(&random)
            report.add(outcome, "seed \(seed), round \(round)")
            if isVerbose {
                ChildSetup.print("round \(round): \(outcome.kind): \(outcome.commits) commits \(outcome.detail)")
            }
            for violation in outcome.violations {
                ChildSetup.print("violation in round \(round): \(outcome.kind): \(violation)")
            }
            round += 1
        }
        print(report)
        return report.violations.isEmpty ? 0 : 1
    }

    private static func print(_ report: FaultReport) {
        for line in report.table { ChildSetup.print(line) }
        ChildSetup.print(report.total)
    }
}
