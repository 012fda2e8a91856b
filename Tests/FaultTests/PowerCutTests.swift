import FaultKit
import Testing

/// A power cut takes nothing that was synced, and of what was buffered only the newest: a suffix of bounded age.
@Suite(.serialized)
struct PowerCutTests {
    @Test("Power cuts on ext4 lose what they may and no more", .needs(.ext4))
    func ext4() throws {
        try expectNoViolations("cut-ext4", rounds: 11, mounts: true)
    }

    @Test("Power cuts below ext4 lose what they may and no more", .needs(.ext4))
    func belowFileSystem() throws {
        try expectNoViolations("cut-below", rounds: 3, mounts: true)
    }

    @Test("Power cuts on XFS lose what they may and no more", .needs(.xfs))
    func xfs() throws {
        try expectNoViolations("cut-xfs", rounds: 3, mounts: true)
    }

    @Test("Power cuts below Btrfs lose what they may and no more", .needs(.btrfs))
    func btrfs() throws {
        try expectNoViolations("cut-btrfs", rounds: 2, mounts: true)
    }
}
