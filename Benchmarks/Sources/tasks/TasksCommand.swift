import ArgumentParser
import Figures
import Foundation
import KVStore
import SystemPackage

/// What tasks reach together, synced beside buffered.
@main
struct TasksCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tasks",
        abstract: "Compares synced and buffered commits of many tasks at a time.",
        discussion: """
            Buffered and synced take turns, each with a namespace of its own. Printed are medians of commits a second and
            of the ratio of the two in the same round.
            """)

    @Option(help: "How many tasks commit at the same time.", transform: numberList)
    var tasks = [1, 10, 100, 1000]

    @Option(help: "How many entries a commit puts, of 16 + 100 bytes.", transform: numberList)
    var puts = [1, 5]

    @Option(help: "How often the two take turns.")
    var rounds = 5

    @Option(help: "How many seconds each runs.")
    var seconds = 1.5

    func run() async throws {
        let folder = FilePath("tasks-\(UUID().uuidString.prefix(8))")
        defer { try? FileManager.default.removeItem(atPath: folder.string) }
        let store = try await Store.open(at: folder)
        print("| puts a commit | tasks | buffered, commits/s | synced, commits/s | ratio |")
        print("|---|---|---|---|---|")
        for puts in puts {
            for tasks in tasks {
                var rates: [(buffered: Double, synced: Double)] = []
                for _ in 0..<rounds {
                    let buffered = try await rate(store, tasks, puts, .buffered)
                    rates.append((buffered, try await rate(store, tasks, puts, .synced)))
                }
                let (buffered, synced) = (median(rates.map(\.buffered)), median(rates.map(\.synced)))
                let ratio = median(rates.map { $0.synced / $0.buffered })
                print(String(format: "| %d | %d | %.0f | %.0f | %.2f |", puts, tasks, buffered, synced, ratio))
            }
        }
        try await store.close()
    }

    /// Commits a second.
    private func rate(_ store: Store, _ tasks: Int, _ puts: Int, _ durability: Durability) async throws -> Double {
        let namespace = try await store.createNamespace("load")
        // The file system's own work for the run before is none of this one's.
        sync()
        let clock = ContinuousClock(), start = clock.now
        let end = start + .seconds(seconds)
        let commits = try await withThrowingTaskGroup(of: Int.self) { group in
            for task in 0..<tasks {
                group.addTask {
                    var load = TaskLoad(seed: task, puts: puts)
                    while clock.now < end { try await load.commit(to: namespace, durability) }
                    return load.commits
                }
            }
            return try await group.reduce(0, +)
        }
        let took = (clock.now - start).components
        try await store.dropNamespace("load")
        return Double(commits) / (Double(took.seconds) + Double(took.attoseconds) / 1e18)
    }
}
