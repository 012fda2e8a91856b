internal import Glibc
internal import Synchronization

/// Makes one write of the engine of the buffered commits that come while another is under way.
///
/// Flat combining: who finds the engine taken publishes its writes and waits; who takes the engine next, be it for a commit
/// of its own, writes all that is published and hands nothing over. Those who wait look, let other threads run, and only
/// sleep after a while: a commit takes as long as a thread takes to be woken. RocksDB's own groups have every thread woken
/// to insert its own part.
///
/// Nobody starves: who takes the engine takes everything that is published, and who finds something published adds to it.
final class FlatCombiner: @unchecked Sendable {  // atomics, and a buffer that belongs to who has taken the engine
    private let isTaken = Atomic<Bool>(false)
    /// The commit that was published last, and through it those before; retained.
    private let newest = Atomic<UnsafeRawPointer?>(nil)
    private var merged = WriteBatch()
    private let sleepers = Atomic<Int>(0)
    private let lock = Lock()
    private let changed = Condition()
    /// How often who waits gives way before it sleeps. Each time takes about half a microsecond where nobody else runs.
    private static let patience = 50
    /// The memory that is kept for the next group.
    private static let keptBytes = ByteCount.kibibytes(256).bytes

    /// - Parameters:
    ///   - alone: writes what is to be committed, when nobody else commits.
    ///   - representation: the same as a batch in the engine's form.
    ///   - write: writes such a batch, which has the commits of others in it too; they get its failure as well.
    @inline(__always)
    func commit(
        alone: () throws(EngineFailure) -> Void, representation: () -> [UInt8],
        write: ([UInt8]) throws(EngineFailure) -> Void
    ) throws(EngineFailure) {
        if newest.load(ordering: .relaxed) == nil, take() {
            defer { leave() }
            return try alone()
        }
        try commit(PublishedCommit(representation()), write)
    }

    @inline(never)
    private func commit(
        _ commit: PublishedCommit, _ write: ([UInt8]) throws(EngineFailure) -> Void
    ) throws(EngineFailure) {
        publish(commit)
        var turns = 0
        while !commit.isDone.load(ordering: .acquiring) {
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
        if let failure = commit.failure { throw failure }
    }

    private func publish(_ commit: PublishedCommit) {
        let pointer = UnsafeRawPointer(Unmanaged.passRetained(commit).toOpaque())
        var before = newest.load(ordering: .relaxed)
        while true {
            commit.before = before
            let (exchanged, original) = newest.weakCompareExchange(
                expected: before, desired: pointer, successOrdering: .acquiringAndReleasing, failureOrdering: .relaxed)
            if exchanged { return }
            before = original
        }
    }

    /// Writes all that is published, the oldest first.
    private func writePublished(_ write: ([UInt8]) throws(EngineFailure) -> Void) {
        var commits: [PublishedCommit] = []
        var next = newest.exchange(nil, ordering: .acquiring)
        while let pointer = next {
            let commit = Unmanaged<PublishedCommit>.fromOpaque(pointer).takeRetainedValue()
            next = commit.before
            commits.append(commit)
        }
        guard let last = commits.last else { return }
        var failure: EngineFailure?
        do throws(EngineFailure) {
            if commits.count == 1 {
                try write(last.representation)
            } else {
                merged.clear()
                for commit in commits.reversed() { merged.append(representation: commit.representation) }
                try write(merged.representation)
                if merged.byteCount > Self.keptBytes { merged = WriteBatch() }
            }
        } catch let error {
            failure = error
        }
        for commit in commits {
            commit.failure = failure
            commit.isDone.store(true, ordering: .releasing)
        }
    }

    @inline(__always)
    private func take() -> Bool {
        !isTaken.load(ordering: .relaxed) && !isTaken.exchange(true, ordering: .acquiring)
    }

    @inline(__always)
    private func leave() {
        // Who falls asleep counts itself before it looks whether the engine is taken, so one of the two sees the other.
        _ = isTaken.exchange(false, ordering: .sequentiallyConsistent)
        if sleepers.load(ordering: .sequentiallyConsistent) > 0 { wake() }
    }

    @inline(never)
    private func wake() { lock.withLock { changed.broadcast() } }

    /// Sleeps until the commit is done or the engine is free.
    private func sleep(_ commit: PublishedCommit) {
        lock.withLock {
            sleepers.add(1, ordering: .sequentiallyConsistent)
            while isTaken.load(ordering: .sequentiallyConsistent), !commit.isDone.load(ordering: .acquiring) {
                changed.wait(lock)
            }
            sleepers.subtract(1, ordering: .sequentiallyConsistent)
        }
    }
}

/// A commit that waits for the engine.
private final class PublishedCommit: @unchecked Sendable {  // see its fields
    let representation: [UInt8]
    /// The one that was published before it. Set before this one is.
    var before: UnsafeRawPointer?
    /// Set before `isDone`, and not changed after.
    var failure: EngineFailure?
    let isDone = Atomic<Bool>(false)

    init(_ representation: [UInt8]) { self.representation = representation }
}
