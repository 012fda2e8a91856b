/// Proof that a commit was acknowledged.
public struct CommitReceipt: Sendable, Hashable {
    /// A sequence number of the namespace's database that is not below that of the commit. Each write in a batch takes
    /// one number. Zero for a commit that wrote nothing.
    public let sequence: UInt64
}
