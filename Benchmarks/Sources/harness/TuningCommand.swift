import ArgumentParser
import Figures
import Foundation
import KVStore
import SystemPackage

struct TuningCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tuning",
        abstract: "Compares options of the engine on reads of settled entries.",
        discussion: """
            Each variant has a database of its own, filled alike, flushed and compacted. They take turns, one thread,
            with a cache that holds everything and then with one of 1 MiB, so that blocks come out of the kernel's.
            Printed are medians, and the ratio to the documented tuning in the same round. Entries have keys of 16 bytes
            and values of 100, of which one half repeats.
            """)

    @Option(help: "How many entries there are.")
    var entries = 500_000

    @Option(help: "How often each variant takes its turn.")
    var rounds = 5

    @Option(help: "Part of the names of the variants beside the documented tuning; may be given more than once.")
    var only: [String] = []

    func run() throws {
        let folder = try WorkFolder(requested: nil)
        defer { folder.remove() }
        let template = try OptionsTemplate(StoreConfiguration(), in: folder.path.appending("template"))
        let variants = TuningVariant.all.enumerated().filter { place, variant in
            place == 0 || only.isEmpty || only.contains { variant.name.contains($0) }
        }.map(\.element)
        let content = NumberedEntries(entries)
        var trials = variants.enumerated().map { place, variant in
            TuningTrial(
                variant, in: folder.path.appending("\(place)"), like: template.path, content)
        }
        for operation in TuningOperation.allCases {
            for trial in trials.indices { trials[trial].prepare(for: operation) }
            for round in 0..<rounds {
                // Each comes first in its turn.
                for place in trials.indices { try trials[(place + round) % trials.count].run(operation) }
            }
        }
        for trial in trials.indices { trials[trial].close() }
        report(trials)
    }

    private func report(_ trials: [TuningTrial]) {
        let operations = TuningOperation.allCases
        print("| nanoseconds | MiB | " + operations.map(\.rawValue).joined(separator: " | ") + " |")
        print("|---|" + String(repeating: "---|", count: operations.count + 1))
        for trial in trials {
            let cells = operations.map { operation in
                let base = trials[0].times[operation]!, times = trial.times[operation]!
                let ratio = median(zip(times, base).map { $0 / $1 })
                return String(format: "%.0f (%.2f)", median(times), ratio)
            }
            let size = String(format: "%.1f", Double(trial.bytes) / 1_048_576)
            print("| \(trial.variant.name) | \(size) | " + cells.joined(separator: " | ") + " |")
        }
    }
}
