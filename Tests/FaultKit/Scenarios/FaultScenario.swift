/// A kind of test that harms a store again and again.
package protocol FaultScenario: AnyObject {
    /// Its name on the command line.
    static var name: String { get }

    /// - Parameter only: the one kind of harm that is wanted; nil for all in turn.
    init(only: String?) throws

    /// Does one harm and judges what came of it.
    func round(_ random: inout SeededRandom) throws -> RoundOutcome
}

package enum FaultScenarios {
    package static var all: [any FaultScenario.Type] {
        [
            KillScenario.self, CutScenario.self, DeepCutScenario.self, XFSCutScenario.self, BtrfsCutScenario.self,
            ErrorScenario.self, FullDiskScenario.self, RotScenario.self, OpeningScenario.self, StressScenario.self,
            ForkScenario.self, PlacesScenario.self, MetadataRotScenario.self, RepairScenario.self,
        ]
    }

    package static func named(_ name: String) -> (any FaultScenario.Type)? { all.first { $0.name == name } }
}
