/// Writes that were committed together, as ``Namespace/changes(since:)`` tells of them.
///
/// Each commit is whole in one change. Commits that the engine logged together are one change, in their order.
public struct Change: Sendable, Hashable {
    /// The sequence number of the last of the writes: what to go on from, with ``Namespace/changes(since:)``.
    public let sequence: UInt64
    /// The writes, in the order in which they were committed.
    public let writes: [WriteBatch.Write]

    /// Writes that were committed together, up to a sequence number.
    public init(sequence: UInt64, writes: [WriteBatch.Write]) {
        self.sequence = sequence
        self.writes = writes
    }
}
