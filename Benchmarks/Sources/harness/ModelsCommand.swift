import ArgumentParser
import CHarness
import Figures
import Foundation
import KVStore

struct ModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "Tells how far puts and scans could go, by models in C.",
        discussion: """
            Each model does what a store of its kind would have to do, and nothing else, so that it bounds what could be made of
            it. They take turns. Printed are the medians of the first, which is the engine as it is, and of the others' ratios
            to it.

            puts: the same keys in random order, one put a commit, into an empty database of the documented tuning: as the
            engine does it; with its log handed to the kernel every 256 KiB, so that a kill takes what is not there; the same
            with each commit copied into a ring that outlives the process; and gathered in front of the memtable, from where a
            thread behind inserts 8,192 at a time in the order of their keys, and in that in which they came. The last three
            cannot be read from.

            synced: the same, each commit synced: as the engine does it; as one batch of all that came while others were
            synced; the same with a log alone, nothing inserted; and one thread that writes and syncs as much at a time as the
            threads would at most.

            scan: a settled database from its first entry to its last: by the engine's iterator; by its steps, nothing read at
            them; and by two iterators in two threads, each a half.
            """)

    enum Subject: String, ExpressibleByArgument, CaseIterable { case puts, synced, scan }

    @Argument(help: "What of: puts, synced or scan.")
    var subject = Subject.puts

    @Option(help: "How many threads put at the same time.", transform: numberList)
    var threads = [1, 4, 16]

    @Option(help: "How many entries of 16 + 100 bytes there are. Default a million; 40,000 that are synced.")
    var entries: Int?

    @Option(help: "How often they take turns.")
    var rounds = 5

    /// Something that is timed, and how many operations a second it makes.
    private typealias Model = (name: String, rate: () throws -> Double)

    func run() throws {
        let folder = try WorkFolder(requested: nil)
        defer { folder.remove() }
        var configuration = StoreConfiguration()
        configuration.walSyncInterval = nil
        let template = try OptionsTemplate(configuration, in: folder.path.appending("template"))
        let content = NumberedEntries(entries ?? (subject == .synced ? 40_000 : 1_000_000))
        let trial = ModelTrial(
            path: folder.path.appending("model"), template: template.path, tuning: configuration.namespaceTuning,
            content: content)
        switch subject {
        case .scan: try compare("", [(1, Self.scans(try trial.settled()))])
        case .puts: try compare("threads", threads.map { ($0, Self.puts(trial, $0)) })
        case .synced: try compare("threads", threads.map { ($0, Self.synced(trial, $0)) })
        }
    }

    private static func puts(_ trial: ModelTrial, _ threads: Int) -> [Model] {
        [
            ("engine, puts/s", model_engine), ("flushed by hand", model_flushed_by_hand), ("ring", model_ring),
            ("in front", model_front), ("in front, unsorted", model_front_unsorted),
        ].map { name, kind in (name, { try trial.put(kind, threads) }) }
    }

    private static func synced(_ trial: ModelTrial, _ threads: Int) -> [Model] {
        [
            ("engine, puts/s", model_synced), ("one batch", model_synced_groups), ("a log alone", model_synced_log),
            ("the disk alone", model_synced_alone),
        ].map { name, kind in (name, { try trial.put(kind, threads) }) }
    }

    private static func scans(_ settled: SettledEntries) -> [Model] {
        [
            ("iterator, entries/s", settled.scan), ("steps alone", settled.step), ("two halves", settled.scanHalves),
        ]
    }

    private func compare(_ label: String, _ lines: [(number: Int, models: [Model])]) throws {
        let names = lines[0].models.map(\.name)
        print("| \(label) | " + names.joined(separator: " | ") + " |")
        print(String(repeating: "|---", count: names.count + 1) + "|")
        for (number, models) in lines {
            var rates: [[Double]] = []
            for round in 0..<rounds {
                var rate = [Double](repeating: 0, count: models.count)
                // Each comes first in its turn.
                for turn in models.indices {
                    let place = (turn + round) % models.count
                    rate[place] = try models[place].rate()
                }
                rates.append(rate)
            }
            var cells = [String(format: "%.0f", median(rates.map { $0[0] }))]
            for place in models.indices.dropFirst() {
                let ratios = rates.map { $0[place] / $0[0] }
                cells.append(String(format: "%.2f (%.2f to %.2f)", median(ratios), ratios.min()!, ratios.max()!))
            }
            print("| \(label.isEmpty ? "" : "\(number)") | " + cells.joined(separator: " | ") + " |")
        }
    }
}
