internal import Foundation
internal import KVStore

/// Forks, and programs that are started, while a store is opened and closed: neither may keep its lock or hang.
package final class ForkScenario: FaultScenario {
    package static let name = "fork"
    private let folder: WorkFolder

    package init(only: String?) throws { folder = try WorkFolder("fork") }

    package func round(_ random: inout SeededRandom) throws -> RoundOutcome {
        var outcome = RoundOutcome("forks and programs started")
        let store = folder.fresh("store")
        defer { try? FileManager.default.removeItem(atPath: store) }
        try outcome.run(
            ForkCommand.arguments(store: store, layout: random.layout(), seed: random.next(), openings: 20), in: folder)
        outcome.commits = 20
        return outcome
    }
}
