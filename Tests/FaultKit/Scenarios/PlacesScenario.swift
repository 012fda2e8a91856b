internal import Foundation
internal import KVStore

/// Copies where they are in the way: of each other, of the store, of backups.
package final class PlacesScenario: FaultScenario {
    package static let name = "places"
    private let folder: WorkFolder
    private let kinds: [PlacesCommand.Kind]
    private var turn = 0

    package init(only: String?) throws {
        folder = try WorkFolder("places")
        kinds = PlacesCommand.Kind.allCases.filter { only == nil || $0.rawValue == only }
    }

    package func round(_ random: inout SeededRandom) throws -> RoundOutcome {
        let kind = kinds[turn % kinds.count]
        turn += 1
        var outcome = RoundOutcome("copies in the way: \(kind.rawValue)")
        let place = folder.fresh("place")
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: place) }
        try outcome.run(
            PlacesCommand.arguments(folder: place, kind: kind, layout: random.layout(), seed: random.next()), in: folder
        )
        return outcome
    }
}
