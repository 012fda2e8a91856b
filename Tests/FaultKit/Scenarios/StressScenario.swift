internal import Foundation
internal import KVStore

/// All kinds of calls at once, in one process, which closes the store meanwhile; nothing may hang, fail for no reason
/// or be wrong.
package final class StressScenario: FaultScenario {
    package static let name = "stress"
    private let folder: WorkFolder
    private let only: String?
    private var turn = 0

    package init(only: String?) throws {
        folder = try WorkFolder("stress")
        self.only = only
    }

    package func round(_ random: inout SeededRandom) throws -> RoundOutcome {
        let kinds = ["reopening", "holding", "long calls"].filter { $0 == only ?? $0 }
        let kind = kinds[turn % kinds.count]
        let layout = Store.Layout.allCases[turn / kinds.count % 2]
        turn += 1
        var outcome = RoundOutcome("stress while \(kind)")
        let store = folder.fresh("store")
        defer { try? FileManager.default.removeItem(atPath: store) }
        if kind == "long calls" {
            try outcome.run(LongCallsCommand.arguments(store: store, layout: layout), in: folder)
        } else {
            let arguments = StressCommand.arguments(
                store: store, layout: layout, seed: random.next(),
                milliseconds: Int.random(in: 200...1500, using: &random), holds: kind == "holding")
            outcome.detail = layout.rawValue
            try outcome.run(arguments, in: folder)
        }
        return outcome
    }
}
