import FaultKit
import Testing

/// A process that is killed loses nothing that was acknowledged.
@Suite(.serialized)
struct KillTests {
    @Test("Nothing acknowledged is lost when a writer is killed")
    func killing() throws {
        try expectNoViolations("kill", rounds: 30)
    }
}
