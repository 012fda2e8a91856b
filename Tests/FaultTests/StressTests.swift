import FaultKit
import Testing

/// Calls of all kinds at once end, say what they promise, and are true.
@Suite(.serialized)
struct StressTests {
    @Test("No call hangs, fails for no reason or is wrong beside all others, and closing ends them all")
    func stress() throws {
        try expectNoViolations("stress", rounds: 6)
    }
}
