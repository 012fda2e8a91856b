internal import Glibc
internal import Synchronization

/// Makes one write of the engine of the buffered commits that come while another is under way.
///
/// Flat combining: who finds the engine taken publishes its writes and waits; who takes the engine next, be it for a
/// commit of its own, writes all that is published and hands nothing over. Those who wait look, let other threads run,
/// and only sleep after a while: a commit takes as long as a thread takes to be woken. RocksDB's own groups have every
/// thread woken to insert its own part.
///
/// An engine with pipelined writes is taken twice: while one commit is inserted into the memtable, the next one is
/// written to the log. Only the first lane writes what is published, so that groups grow where many wait, and as soon
/// as they are large it goes alone: two threads in the engine reach what two cores can do, and groups of many threads
/// more than that.
///
/// Nobody starves: who takes the first lane takes everything that is published, and who finds something published adds
/// to it.
final class FlatCombiner: @unchecked Sendable {  // atomics, and a buffer that belongs to who has taken the first lane
    /// A way into the engine.
    enum Lane { case first, second }

    private let isTaken = Atomic<Bool>(false)
    /// Kept taken where there is no second lane.
    private let isSecondTaken: Atomic<Bool>
    /// Whether groups are large enough for the first lane to go alone; changed by who has taken it.
    private let goesAlone = Atomic<Bool>(false)
    /// The commit that was published last, and through it those before.
    private let newest = Atomic<PublishedCommit.Place?>(nil)
    private var merged = WriteBatch()
    private let sleepers = Atomic<Int>(0)
    private let lock = Lock(.innermost)
    private let changed = Condition()
    /// How often who waits gives way before it sleeps. Each time takes about half a microsecond where nobody else runs.
    private static let patience = 50
    /// The memory that is kept for the next group.
    private static let keptBytes = ByteCount.kibibytes(256).bytes
    /// The size of a group from which on the first lane goes alone, and the one at which the second opens again. Four
    /// threads do not come to the one, and ten seldom; 64 make groups of 8.
    private static let largeGroup = 6, smallGroup = 2

    /// - Parameter hasSecondLane: whether the engine's writes are pipelined.
    init(hasSecondLane: Bool = false) {
        isSecondTaken = Atomic(!hasSecondLane)
    }

    /// - Parameters:
    ///   - alone: writes what is to be committed, by the lane that was taken for it.
    ///   - warmUp: what makes it faster to write, done while somebody else writes and nobody waits yet: the cores are
    ///     not all needed then.
    ///   - representation: the same as a batch in the engine's form.
    ///   - write: writes such a batch, which has the commits of others in it too; they get its failure as well.
    @inline(__always)
    func commit(
        alone: (Lane) throws(EngineFailure) -> Void, warmUp: () -> Void = {}, representation: () -> [UInt8],
        write: ([UInt8]) throws(EngineFailure) -> Void
    ) throws(EngineFailure) {
        if newest.load(ordering: .relaxed) == nil {
            if take() {
                defer { leave() }
                return try alone(.first)
            }
            if takeSecond() {
                defer { isSecondTaken.store(false, ordering: .releasing) }
                return try alone(.second)
            }
            warmUp()
        }
        try publish(representation(), write)
    }

    @inline(never)
    private func publish(
        _ representation: [UInt8], _ write: ([UInt8]) throws(EngineFailure) -> Void
    ) throws(EngineFailure) {
        // On the stack of a thread that stays here until it is done.
        let failure: EngineFailure? = withUnsafeTemporaryAllocation(of: PublishedCommit.self, capacity: 1) { place in
            let commit = place.baseAddress.unsafelyUnwrapped
            commit.initialize(to: PublishedCommit(representation))
            publish(commit)
            wait(for: commit, write)
            return commit.move().failure
        }
        if let failure { throw failure }
    }

    private func publish(_ commit: PublishedCommit.Place) {
        var before = newest.load(ordering: .relaxed)
        while true {
            commit.pointee.neighbour = before
            let (exchanged, original) = newest.weakCompareExchange(
                expected: before, desired: commit, successOrdering: .acquiringAndReleasing, failureOrdering: .relaxed)
            if exchanged { return }
            before = original
        }
    }

    /// Waits until the commit is done, by who has taken the engine or by this thread, when it comes to take it.
    private func wait(for commit: PublishedCommit.Place, _ write: ([UInt8]) throws(EngineFailure) -> Void) {
        var turns = 0
        while !commit.pointee.isDone.load(ordering: .acquiring) {
            if take() {
                writePublished(write)
                leave()
            } else if turns < Self.patience {
                turns += 1
                sched_yield()
            } else {
                sleep(commit)
            }
        }
    }

    /// Writes all that is published, the oldest first.
    private func writePublished(_ write: ([UInt8]) throws(EngineFailure) -> Void) {
        guard let newest = newest.exchange(nil, ordering: .acquiring) else { return }
        let oldest = PublishedCommit.turnRound(newest)
        var count = 0
        var failure: EngineFailure?
        do throws(EngineFailure) {
            if oldest == newest {
                try write(newest.pointee.representation)
            } else {
                merged.clear()
                var next: PublishedCommit.Place? = oldest
                while let commit = next {
                    merged.append(representation: commit.pointee.representation)
                    next = commit.pointee.neighbour
                }
                try write(merged.representation)
                if merged.byteCount > Self.keptBytes { merged = WriteBatch() }
            }
        } catch let error {
            failure = error
        }
        var next: PublishedCommit.Place? = oldest
        while let commit = next {
            // Once it is done its thread goes on, and it is gone.
            next = commit.pointee.neighbour
            commit.pointee.failure = failure
            commit.pointee.isDone.store(true, ordering: .releasing)
            count += 1
        }
        noteGroup(of: count)
    }

    private func noteGroup(of count: Int) {
        let goesAlone = goesAlone.load(ordering: .relaxed)
        if goesAlone ? count <= Self.smallGroup : count >= Self.largeGroup {
            self.goesAlone.store(!goesAlone, ordering: .relaxed)
        }
    }

    @inline(__always)
    private func take() -> Bool {
        !isTaken.load(ordering: .relaxed) && !isTaken.exchange(true, ordering: .acquiring)
    }

    @inline(__always)
    private func takeSecond() -> Bool {
        !isSecondTaken.load(ordering: .relaxed) && !goesAlone.load(ordering: .relaxed)
            && !isSecondTaken.exchange(true, ordering: .acquiring)
    }

    @inline(__always)
    private func leave() {
        // Who falls asleep counts itself before it looks whether the engine is taken, so one of the two sees the other.
        _ = isTaken.exchange(false, ordering: .sequentiallyConsistent)
        if sleepers.load(ordering: .sequentiallyConsistent) > 0 { wake() }
    }

    @inline(never)
    private func wake() { lock.withLock { changed.broadcast() } }

    /// How many threads sleep, for tests.
    var sleeping: Int { sleepers.load(ordering: .relaxed) }

    /// Sleeps until the commit is done or the engine is free.
    private func sleep(_ commit: PublishedCommit.Place) {
        lock.withLock {
            sleepers.add(1, ordering: .sequentiallyConsistent)
            while isTaken.load(ordering: .sequentiallyConsistent), !commit.pointee.isDone.load(ordering: .acquiring) {
                changed.wait(lock)
            }
            sleepers.subtract(1, ordering: .sequentiallyConsistent)
        }
    }
}

/// A commit that waits for the engine.
private struct PublishedCommit: ~Copyable {
    typealias Place = UnsafeMutablePointer<PublishedCommit>

    let representation: [UInt8]
    /// The one that was published before it; after it, once they were turned round.
    var neighbour: Place?
    /// Set before `isDone`, and not changed after.
    var failure: EngineFailure?
    let isDone = Atomic<Bool>(false)

    init(_ representation: [UInt8]) { self.representation = representation }

    /// Has each point to the one that was published after it.
    ///
    /// - Returns: the oldest.
    static func turnRound(_ newest: Place) -> Place {
        var commit = newest
        var after: Place?
        while let before = commit.pointee.neighbour {
            commit.pointee.neighbour = after
            after = commit
            commit = before
        }
        commit.pointee.neighbour = after
        return commit
    }
}
