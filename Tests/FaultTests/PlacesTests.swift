import FaultKit
import Testing

/// Copies, backups, restores and repairs leave alone what is in their way, and say what they are.
@Suite(.serialized)
struct PlacesTests {
    @Test("Copies to one place at once, into the store and among backups are refused or whole")
    func places() throws {
        try expectNoViolations("places", rounds: 6)
    }

    @Test("A repair of puts and loads says what is left")
    func repairs() throws {
        try expectNoViolations("repairs", rounds: 12)
    }
}
