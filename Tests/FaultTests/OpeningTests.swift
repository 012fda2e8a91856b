import FaultKit
import Testing

/// A store opens as often as it is asked to, whatever it was killed at.
@Suite(.serialized)
struct OpeningTests {
    @Test("A store opens again and again after its writer was killed, with commits past the log among others")
    func openings() throws {
        try expectNoViolations("openings", rounds: 8)
    }

    @Test("Neither programs that are started nor forks keep a store locked or hang")
    func forks() throws {
        try expectNoViolations("fork", rounds: 2)
    }
}
