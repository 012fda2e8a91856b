import ArgumentParser
import CHarness
import Figures
import Foundation
import KVStore

struct ModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "Tells how far puts could go, by models in C.",
        discussion: """
            The same keys in random order, one put a commit, into an empty database of the documented tuning: as the engine does
            it; with its log handed to the kernel every 256 KiB, so that a kill takes what is not there; the same with each
            commit copied into a ring that outlives the process; and gathered in front of the memtable, from where a thread
            behind inserts 8,192 at a time in the order of their keys, and in that in which they came. None of them can be read from: they bound what a store could make of it. They
            take turns. Printed are the medians of the engine's puts a second, and of the others' ratios to them.
            """)

    @Option(help: "How many threads put at the same time.", transform: numberList)
    var threads = [1, 4, 16]

    @Option(help: "How many entries of 16 + 100 bytes are put.")
    var entries = 1_000_000

    @Option(help: "How often they take turns.")
    var rounds = 5

    private static let kinds = [model_engine, model_flushed_by_hand, model_ring, model_front, model_front_unsorted]

    func run() throws {
        let folder = try WorkFolder(requested: nil)
        defer { folder.remove() }
        var configuration = StoreConfiguration()
        configuration.walSyncInterval = nil
        let template = try OptionsTemplate(configuration, in: folder.path.appending("template"))
        let tuning = configuration.namespaceTuning
        let content = NumberedEntries(entries)
        let place = folder.path.appending("model")
        print("| threads | engine, puts/s | flushed by hand | ring | in front | in front, unsorted |")
        print("|---|---|---|---|---|---|")
        for threads in threads {
            var rates: [[Double]] = []
            for round in 0..<rounds {
                var rate = [Double](repeating: 0, count: Self.kinds.count)
                for turn in Self.kinds.indices {
                    let number = (turn + round) % Self.kinds.count
                    try FileManager.default.createDirectory(atPath: place.string, withIntermediateDirectories: true)
                    // The file system's own work for the run before is none of this one's.
                    sync()
                    let seconds = model_put(
                        Self.kinds[number], place.string, template.path.string, UInt64(tuning.blockCacheCapacity.bytes),
                        tuning.bloomBitsPerKey, content.loopKeys(content.random), content.values.baseAddress!,
                        NumberedEntries.valueSize, UInt64(threads))
                    try FileManager.default.removeItem(atPath: place.string)
                    rate[number] = Double(entries) / seconds
                }
                rates.append(rate)
            }
            var cells = [String(format: "%.0f", median(rates.map { $0[0] }))]
            for number in Self.kinds.indices.dropFirst() {
                let ratios = rates.map { $0[number] / $0[0] }
                cells.append(String(format: "%.2f (%.2f to %.2f)", median(ratios), ratios.min()!, ratios.max()!))
            }
            print("| \(threads) | " + cells.joined(separator: " | ") + " |")
        }
    }
}
