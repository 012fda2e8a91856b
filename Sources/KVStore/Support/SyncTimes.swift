/// How long syncs of the write-ahead logs of a store took: the last of them, for whoever looks at them now and then.
final class SyncTimes: @unchecked Sendable {  // guarded by its lock
    private let lock = Lock(.innermost)
    private var durations: [UInt64] = []
    private var syncs: UInt64 = 0
    private var failures: UInt64 = 0
    /// How many are kept.
    private static let kept = 1024

    /// - Parameter begun: when it began, by the monotonic clock.
    func note(since begun: UInt64) {
        let now = MonotonicClock.now
        lock.withLock {
            let duration = now > begun ? now - begun : 0
            if durations.count < Self.kept {
                durations.append(duration)
            } else {
                durations[Int(syncs % UInt64(Self.kept))] = duration
            }
            syncs += 1
        }
    }

    func noteFailure() { lock.withLock { failures += 1 } }

    /// What there was since a look before.
    ///
    /// - Parameter number: how many syncs there had been at that time.
    func since(_ number: UInt64) -> SyncCounts {
        lock.withLock {
            let missed = min(syncs - min(number, syncs), UInt64(durations.count))
            let last = (0..<missed).map { durations[Int((syncs - missed + $0) % UInt64(Self.kept))] }
            return SyncCounts(syncs: syncs, failures: failures, nanoseconds: last)
        }
    }
}

/// Syncs of the write-ahead logs of a store since it was opened.
package struct SyncCounts: Sendable, Equatable {
    /// How many succeeded.
    package let syncs: UInt64
    /// How many failed.
    package let failures: UInt64
    /// How long the last of them took, those that were asked for.
    package let nanoseconds: [UInt64]
}
