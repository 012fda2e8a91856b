import FaultKit
import Testing

/// Damaged files give what was written or an error, never other data and never less of it in silence.
@Suite(.serialized)
struct BitRotTests {
    @Test("Damage to any file of a store is noticed or does no harm")
    func rot() throws {
        try expectNoViolations("rot", rounds: 42)
    }

    @Test("Damage to the metadata database is noticed or does no harm")
    func metadata() throws {
        try expectNoViolations("rot-metadata", rounds: 40)
    }
}
