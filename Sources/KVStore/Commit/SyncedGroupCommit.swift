internal import Synchronization

/// Makes one write of the engine, and one sync, of the synced commits that come while another is under way.
///
/// A commit that finds no other goes straight to the engine, at the cost of two atomic operations. One that does adds
/// its writes to the pending group and waits; when the commit before is done, a member writes the group for all.
///
/// RocksDB groups concurrent commits too, but has each thread woken to insert its own part. Where a commit is a few
/// microseconds of work, waking threads costs more than that saves: buffered commits meet in a ``FlatCombiner``.
final class SyncedGroupCommit: @unchecked Sendable {  // guarded by its lock, a gate beside it
    private let gate = Atomic<CommitGate>(.open)
    private let lock = Lock(.innermost)
    private let waiters = GroupWaiters()
    private var pending: PlainGroup?
    private var nextPlace = 0
    /// Where merging stops: beyond it, a larger write is no faster.
    private static let groupLimit = ByteCount.mebibytes(1).bytes

    /// - Parameter write: writes a batch, this one or one that has others in it too.
    func commit(
        _ batch: WriteBatch, _ write: (WriteBatch) throws(EngineFailure) -> UInt64
    ) throws(EngineFailure) -> UInt64 {
        switch enter(batch) {
        case .alone:
            defer { leave() }
            return try write(batch)
        case .past: return try write(batch)
        case .member(let group):
            if waiters.waitToLead(group, sleepsAtOnce: true) {
                group.outcome = Result { () throws(EngineFailure) in try write(group.batch) }
                // The next commit first: the members need not wait for it, but others may.
                leave()
                waiters.finish(group)
            }
            return try group.outcome.get()
        }
    }

    private enum Admission {
        case alone
        /// Too large to be merged; the engine has it wait for its turn.
        case past
        case member(PlainGroup)
    }

    private func enter(_ batch: WriteBatch) -> Admission {
        if gate.compareExchange(expected: .open, desired: .taken, ordering: .acquiring).exchanged { return .alone }
        return lock.withLock {
            guard (pending?.batch.byteCount ?? 0) + batch.byteCount <= Self.groupLimit else { return .past }
            // Who leaves a gate that is awaited finds the pending group, since both are changed with the lock.
            while gate.compareExchange(expected: .taken, desired: .awaited, ordering: .relaxed).original == .open {
                if gate.compareExchange(expected: .open, desired: .taken, ordering: .acquiring).exchanged {
                    return .alone
                }
            }
            let group = pending ?? PlainGroup(place: nextPlace)
            group.batch.append(batch)
            pending = group
            return .member(group)
        }
    }

    /// Opens the gate, or has a member of the pending group commit next.
    private func leave() {
        if gate.compareExchange(expected: .taken, desired: .open, ordering: .releasing).exchanged { return }
        let next = lock.withLock {
            gate.store(.taken, ordering: .relaxed)
            nextPlace = 1 - nextPlace
            return pending.take()
        }
        if let next { waiters.findLeader(of: next) }
    }
}

private enum CommitGate: UInt8, AtomicRepresentable {
    case open
    /// Somebody commits.
    case taken
    /// Somebody commits, and the pending group waits for its end.
    case awaited
}

/// Commits that are written together.
private final class PlainGroup: WaitingGroup, @unchecked Sendable {  // see its fields
    /// Guarded by the combiner's lock until a member leads, and then that member's.
    var batch = WriteBatch()
    /// Set before the group is done, and not changed after.
    var outcome = Result<UInt64, EngineFailure>.success(0)
}
