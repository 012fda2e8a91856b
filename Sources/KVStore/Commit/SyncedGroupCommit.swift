internal import Synchronization

/// Makes one write of the engine, and one sync, of the synced commits of threads that come at the same time.
///
/// The first of a group waits until the group before is written and writes for all. As a sync takes longer than those of the
/// group before take to come back with their next commits, it waits for them too, for a part of what a sync takes at most:
/// else threads that do nothing but commit would form two groups that take turns, each of half of them.
///
/// RocksDB groups concurrent commits too, but has each thread woken to insert its own part. Where a commit is a few
/// microseconds of work, waking threads costs more than that saves: buffered commits meet in a ``FlatCombiner``.
final class SyncedGroupCommit: @unchecked Sendable {  // guarded by its lock
    private let lock = Lock(.innermost)
    private let waiters = GroupWaiters()
    /// Told when a group is written.
    private let written = Condition()
    /// Told when all have come who are expected.
    private let complete = Condition()
    /// The group that commits may join.
    private var pending: PlainGroup?
    private var isWriting = false
    private var nextPlace = 0
    /// How many commits there were at the end of the last write: those in it, and those that waited.
    private var expected = 1
    /// How long the last write took.
    private var duration: UInt64 = 0
    /// For how many groups nobody is waited for, since the last time was in vain.
    private var groupsInHaste = 0
    private static let hasteAfterVain = 4
    /// Where merging stops: beyond it, a larger write is no faster.
    private static let groupLimit = ByteCount.mebibytes(1).bytes

    /// - Parameter write: writes a batch, this one or one that has others in it too.
    func commit(
        _ batch: WriteBatch, _ write: (WriteBatch) throws(EngineFailure) -> UInt64
    ) throws(EngineFailure) -> UInt64 {
        switch enter(batch) {
        case .past: return try write(batch)
        case .member(let group):
            // Its leader was the first to come.
            _ = waiters.waitToLead(group, sleepsAtOnce: true)
            return try group.outcome.get()
        case .leader(let group):
            let begun = MonotonicClock.now
            group.outcome = Result { () throws(EngineFailure) in try write(group.batch) }
            leave(group, begun)
            if group.count > 1 { waiters.finish(group) }
            return try group.outcome.get()
        }
    }

    private enum Admission {
        /// Too large to be merged; the engine has it wait for its turn.
        case past
        case member(PlainGroup)
        /// Of a group whose turn has come.
        case leader(PlainGroup)
    }

    private func enter(_ batch: WriteBatch) -> Admission {
        lock.withLock {
            if let group = pending {
                guard group.batch.byteCount + batch.byteCount <= Self.groupLimit else { return .past }
                group.batch.append(batch)
                group.count += 1
                if !isWriting, group.count >= expected { complete.signal() }
                return .member(group)
            }
            guard batch.byteCount <= Self.groupLimit else { return .past }
            let group = PlainGroup(place: nextPlace, batch)
            nextPlace = 1 - nextPlace
            pending = group
            while isWriting { written.wait(lock) }
            waitForExpected(group)
            isWriting = true
            pending = nil
            return .leader(group)
        }
    }

    private func waitForExpected(_ group: PlainGroup) {
        guard groupsInHaste == 0 else {
            groupsInHaste -= 1
            return
        }
        let deadline = MonotonicClock.now + duration / 2
        while group.count < expected {
            let now = MonotonicClock.now
            guard now < deadline else {
                groupsInHaste = Self.hasteAfterVain
                break
            }
            complete.wait(lock, nanoseconds: deadline - now)
        }
    }

    private func leave(_ group: PlainGroup, _ begun: UInt64) {
        lock.withLock {
            isWriting = false
            duration = MonotonicClock.now - begun
            expected = group.count + (pending?.count ?? 0)
            if pending != nil { written.signal() }
        }
    }
}

/// Commits that are written together.
private final class PlainGroup: WaitingGroup, @unchecked Sendable {  // see its fields
    /// Guarded by the lock until its turn has come, and then the leader's.
    var batch: WriteBatch
    var count = 1
    /// Set before the group is done, and not changed after.
    var outcome = Result<UInt64, EngineFailure>.success(0)

    init(place: Int, _ batch: WriteBatch) {
        self.batch = batch
        super.init(place: place)
    }
}
