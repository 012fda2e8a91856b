internal import Synchronization

/// What is known about a database's write-ahead log: how far it is on disk, since when it is not, and whether it
/// failed.
final class WALState: @unchecked Sendable {  // atomics, and one field behind a lock
    /// The engine's failure after which it takes no more writes here; reads go on.
    private let lock = Lock(.innermost)
    private var failureText: EngineFailure?
    private let hasFailed = Atomic<Bool>(false)
    /// When the oldest commit that may not be on disk was written, in monotonic nanoseconds; zero when all are.
    private let unsyncedSince = Atomic<UInt64>(0)
    private let syncedSequence: Atomic<UInt64>
    /// The number that the database stood at when it was opened.
    private let opened: UInt64
    private let hasUnlogged = Atomic<Bool>(false)
    /// The highest number of a commit that went past the log.
    private let lastHole = Atomic<UInt64>(0)
    /// Everything up to this number was on disk when the database was closed, in the log or not.
    private let closedSequence = Atomic<UInt64>(0)
    /// Guarded by `lock`: whether nothing more will be known, and who waits for that.
    private var hasEnded = false
    private let settled = Condition()
    private var whenSettled: [@Sendable () -> Void] = []

    /// Told of each number through which all is on disk. Set before the database is used.
    nonisolated(unsafe) var onSync: (@Sendable (UInt64) -> Void)?

    /// Where it is noted how long syncs take. Set before the database is used.
    nonisolated(unsafe) var syncTimes: SyncTimes?

    /// - Parameter sequence: what the database has when it is opened: the engine puts what it recovers from the log
    ///   into table files before it answers.
    init(durableThrough sequence: UInt64) {
        syncedSequence = Atomic(sequence)
        opened = sequence
    }

    /// The failure that stopped writes, if one did.
    var failure: EngineFailure? {
        guard hasFailed.load(ordering: .acquiring) else { return nil }
        return lock.withLock { failureText }
    }

    /// Stops writes: what the engine says after a failed write cannot be trusted until it is opened anew.
    func fail(_ failure: EngineFailure) {
        let waiting = lock.withLock {
            if failureText == nil { failureText = failure }
            hasFailed.store(true, ordering: .releasing)
            return takeWaiting()
        }
        for action in waiting { action() }
    }

    /// Notes a commit that the next sync must cover. Called after the engine's write and before the commit is
    /// acknowledged: a sync that begins later covers it, one that began earlier leaves this note for the next.
    func noteUnsynced() {
        if unsyncedSince.load(ordering: .relaxed) == 0 {
            _ = unsyncedSince.compareExchange(expected: 0, desired: MonotonicClock.now, ordering: .relaxed)
        }
    }

    /// Notes that commits up to this number may not be in the log.
    func noteHole(through sequence: UInt64) { _ = lastHole.max(sequence, ordering: .releasing) }

    /// The number from which on all commits are in the log.
    var loggedSince: UInt64 { lastHole.load(ordering: .acquiring) }

    /// Notes that a commit is about to go past the log: sequence numbers then say nothing of what a crash would leave.
    func beginUnlogged() { if !holdsUnlogged { hasUnlogged.store(true, ordering: .sequentiallyConsistent) } }

    /// Whether commits went past the log, which only a flush puts on disk.
    var holdsUnlogged: Bool { hasUnlogged.load(ordering: .sequentiallyConsistent) }

    /// The number that must be there at the next opening; nil when nothing is known to give it again.
    ///
    /// Only a commit in the log or a table file does. What was found at the opening may have been told by an empty
    /// record alone, which a sync writes: it carries the number of a commit that went past the log and was lost, and
    /// goes with the log at the opening after.
    var promisedSequence: UInt64? { promise(durableSequence) }

    /// The same of any number that was come to.
    func promise(_ sequence: UInt64) -> UInt64? { holdsUnlogged || sequence <= opened ? nil : sequence }

    /// Whether nothing that is on disk for sure has a number that was come to at the opening, or a higher one.
    func mayGo(_ sequence: UInt64) -> Bool { sequence > 0 && sequence == opened && durableSequence <= opened }

    var isUnsynced: Bool { unsyncedSince.load(ordering: .relaxed) != 0 }

    /// How long the oldest commit has waited for a sync.
    var unsyncedAge: Duration {
        let since = unsyncedSince.load(ordering: .relaxed)
        guard since != 0 else { return .zero }
        let now = MonotonicClock.now
        return .nanoseconds(now > since ? now - since : 0)
    }

    /// Everything up to this number is on disk.
    var durableSequence: UInt64 { syncedSequence.load(ordering: .acquiring) }

    /// To be called before a sync; commits that begin from here on count for the next one.
    func beginSync() -> UInt64 { unsyncedSince.exchange(0, ordering: .acquiringAndReleasing) }

    /// To be called when the sync that began has succeeded.
    func didSync(through sequence: UInt64) {
        _ = syncedSequence.max(sequence, ordering: .releasing)
        onSync?(sequence)
    }

    // MARK: The end

    /// Whether the commit of that number is known to survive a power cut.
    func isDurable(_ sequence: UInt64, isLogged: Bool) -> Bool {
        isLogged && durableSequence >= sequence || closedSequence.load(ordering: .acquiring) >= sequence
    }

    /// To be called when the database is closed and all that was committed is on disk.
    func didClose(through sequence: UInt64) {
        _ = closedSequence.max(sequence, ordering: .releasing)
        for action in lock.withLock({ takeWaiting() }) { action() }
    }

    /// To be called when the database is gone.
    func end() {
        let waiting = lock.withLock {
            hasEnded = true
            return takeWaiting()
        }
        for action in waiting { action() }
    }

    private func takeWaiting() -> [@Sendable () -> Void] {
        settled.broadcast()
        defer { whenSettled = [] }
        return whenSettled
    }

    /// Whether what is known of a commit will not change, in a database that is being closed. The lock is held.
    private func isSettled(_ sequence: UInt64) -> Bool {
        hasEnded || failureText != nil || closedSequence.load(ordering: .acquiring) >= sequence
    }

    /// Waits until it is known what became of a commit, in a database that is being closed.
    func waitUntilSettled(_ sequence: UInt64) {
        lock.withLock { while !isSettled(sequence) { settled.wait(lock) } }
    }

    /// The same without keeping the thread.
    func waitUntilSettled(_ sequence: UInt64) async {
        await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
            let isLate = lock.withLock {
                if isSettled(sequence) { return true }
                whenSettled.append { continuation.resume() }
                return false
            }
            if isLate { continuation.resume() }
        }
    }

    /// To be called when it has not: the commits are as old as they were.
    func abandonSync(begun since: UInt64) {
        if since != 0 { unsyncedSince.store(since, ordering: .relaxed) }
    }
}
