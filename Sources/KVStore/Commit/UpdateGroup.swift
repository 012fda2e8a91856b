internal import Synchronization

/// What an update was committed with.
struct UpdateCommit: Sendable {
    let sequence: UInt64
    let durability: Durability
}

/// Updates that are committed together.
///
/// What guards its fields is for more than one use at a time too: see ``UpdateQueue``.
final class UpdateGroup: WaitingGroup, @unchecked Sendable {  // each field is guarded by what is named beside it
    /// Guarded by the queue's `section`.
    @exclusivity(unchecked) var writes: BatchOverlay
    /// What is to be written: closures go on looking into `writes`. Set when the group is taken, then the committer's.
    @exclusivity(unchecked) var batch = UpdateGroup.noWrites
    /// Guarded by the queue's `section` until the group is taken: as much as any of the updates asked for.
    @exclusivity(unchecked) private(set) var durability = Durability.unlogged
    /// The sequence number. Set before the group is done, and not changed after.
    @exclusivity(unchecked) var outcome = Result<UInt64, StoreError>.success(0)
    /// Guarded by the queue's `section`: the commits of others when this one began.
    @exclusivity(unchecked) var writeEpoch = WriteEpoch.State()
    /// Guarded by the queue's `writing`.
    @exclusivity(unchecked) var isWritten = false
    /// Whether a member knows that waiting takes as long as a sync: what was asked for when it looked.
    private let asksForSync = Atomic<Bool>(false)

    static let noWrites = WriteBatch()
    /// The memory of larger groups is not kept.
    private static let keptSize = ByteCount.mebibytes(1).bytes

    init(place: Int, _ writes: consuming BatchOverlay) {
        self.writes = writes
        super.init(place: place)
    }

    var isToBeSynced: Bool { asksForSync.load(ordering: .relaxed) }

    /// Takes the writes away, to be used for another group; nil where their memory is not worth keeping.
    func takeWrites() -> BatchOverlay? {
        guard writes.batch.byteCount <= Self.keptSize else { return nil }
        var taken = BatchOverlay(sharing: Self.noWrites)
        swap(&taken, &writes)
        taken.clear()
        return taken
    }

    /// Adds the writes of an update; false when there is no room for them.
    func add(_ batch: WriteBatch, _ durability: Durability) -> Bool {
        guard writes.batch.hasRoom(for: batch) else { return false }
        writes.append(batch)
        self.durability = max(self.durability, durability)
        if durability == .synced { asksForSync.store(true, ordering: .relaxed) }
        return true
    }
}
