import ArgumentParser
import Figures
import Foundation
import KVStore

struct CommitsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "commits",
        abstract: "Compares puts of threads through the library and through the engine's C API.",
        discussion: """
            The same keys in the same random order, one put a commit, nothing else in the loop: into an empty database of the
            documented tuning, that goes afterwards. C does it with the engine's own writes and with pipelined ones, as
            the library's are. They take turns. Printed are medians of puts a second, and of the library's ratios to the
            others in the same round.
            """)

    @Option(help: "How many threads put at the same time.", transform: numberList)
    var threads = [1, 2, 4, 10, 64]

    @Option(help: "How many entries of 16 + 100 bytes are put.")
    var entries = 500_000

    @Option(help: "How often they take turns.")
    var rounds = 7

    func run() throws {
        let folder = try WorkFolder(requested: nil)
        defer { folder.remove() }
        var configuration = StoreConfiguration()
        // C's loop has no sync in the background.
        configuration.walSyncInterval = nil
        let template = try OptionsTemplate(configuration, in: folder.path.appending("template"))
        let content = NumberedEntries(entries)
        print("| threads | C, puts/s | C, pipelined | Swift, puts/s | ratio | to pipelined |")
        print("|---|---|---|---|---|---|")
        for threads in threads {
            let trial = CommitTrial(
                path: folder.path.appending("trial"), template: template.path, configuration: configuration,
                threads: threads, content: content)
            var rates: [[Double]] = []
            for round in 0..<rounds {
                // Each comes first in its turn.
                var rate = [0.0, 0.0, 0.0]
                for place in 0..<3 {
                    switch (place + round) % 3 {
                    case 0: rate[0] = trial.runC(pipelined: false)
                    case 1: rate[1] = trial.runC(pipelined: true)
                    default: rate[2] = try trial.runSwift()
                    }
                }
                rates.append(rate)
            }
            let cells = (0..<3).map { place in String(format: "%.0f", median(rates.map { $0[place] })) }
            let ratios = (0..<2).map { place in
                let ratios = rates.map { $0[2] / $0[place] }
                return String(format: "%.2f (%.2f to %.2f)", median(ratios), ratios.min()!, ratios.max()!)
            }
            print("| \(threads) | " + (cells + ratios).joined(separator: " | ") + " |")
        }
    }
}
