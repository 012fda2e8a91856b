import FaultKit
import Testing

/// System calls fail, one kind on one kind of file at a time, at any of their places: nothing acknowledged is lost, no
/// wrong data is read, nothing hangs or crashes, and the store gets going again.
@Suite(.serialized)
struct SystemErrorTests {
    @Test("Failing system calls cost no acknowledged commit")
    func sweep() throws {
        try expectNoViolations("errors", rounds: 40)
    }
}
