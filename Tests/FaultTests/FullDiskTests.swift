import FaultKit
import Testing

/// A full disk is a clear error that costs nothing acknowledged, and passes when there is space again.
@Suite(.serialized)
struct FullDiskTests {
    @Test("A disk that fills up and is freed costs no acknowledged commit", .needs(.ext4))
    func filling() throws {
        try expectNoViolations("full", rounds: 10, mounts: true)
    }
}
