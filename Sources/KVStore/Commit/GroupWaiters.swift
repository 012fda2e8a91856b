internal import Glibc
internal import Synchronization

/// Commits that become one, and how far that is.
class WaitingGroup: @unchecked Sendable {  // an atomic, and what subclasses say
    fileprivate let phase = Atomic<GroupPhase>(.gathering)
    /// Which of the two places to sleep at its members use. A group has the other one than the group before it, so that
    /// who is woken is a member. Should the one before that still be there, it may take a signal; its end wakes all.
    let place: Int

    init(place: Int) { self.place = place }

    var isDone: Bool { phase.load(ordering: .acquiring) == .done }
}

private enum GroupPhase: UInt8, AtomicRepresentable {
    /// It has no committer yet, or is being committed by one.
    case gathering
    /// Its turn has come, and the first member to see that is its committer.
    case leaderless
    case led
    case done
}

/// Where the members of groups wait until their group is committed, or until one of them is to commit it.
///
/// A commit takes a few microseconds, as long as a thread takes to fall asleep and be woken. So who waits first lets
/// other threads run, many times, and only then sleeps.
final class GroupWaiters: @unchecked Sendable {  // guarded by its lock, atomics beside it
    private let lock = Lock(.innermost)
    private let first = Condition()
    private let second = Condition()
    private let sleepers = Atomic<Int>(0)
    /// How often a thread gives way before it sleeps. Each time takes about half a microsecond where nobody else runs.
    private static let patience = 100

    /// Waits until a group is done or needs a committer.
    ///
    /// - Parameter sleepsAtOnce: whether the wait will be long, such as for a sync.
    /// - Returns: whether the caller is to commit the group.
    func waitToLead(_ group: WaitingGroup, sleepsAtOnce: Bool) -> Bool {
        if !sleepsAtOnce {
            for _ in 0..<Self.patience {
                if let leads = Self.leads(group) { return leads }
                sched_yield()
            }
        }
        return lock.withLock {
            sleepers.add(1, ordering: .sequentiallyConsistent)
            defer { sleepers.subtract(1, ordering: .sequentiallyConsistent) }
            while true {
                if let leads = Self.leads(group) { return leads }
                condition(of: group).wait(lock)
            }
        }
    }

    /// Whether the caller is to commit the group; nil while that is not known.
    private static func leads(_ group: WaitingGroup) -> Bool? {
        switch group.phase.load(ordering: .sequentiallyConsistent) {
        case .done: return false
        case .gathering, .led: return nil
        case .leaderless:
            let isFirst = group.phase.compareExchange(
                expected: .leaderless, desired: .led, ordering: .acquiringAndReleasing
            ).exchanged
            return isFirst ? true : nil
        }
    }

    /// Has one of the members commit the group.
    func findLeader(of group: WaitingGroup) {
        group.phase.store(.leaderless, ordering: .sequentiallyConsistent)
        // Who falls asleep counts itself before it looks at the phase, so one of the two sees the other.
        guard sleepers.load(ordering: .sequentiallyConsistent) > 0 else { return }
        lock.withLock { condition(of: group).signal() }
    }

    /// Lets the members go.
    func finish(_ group: WaitingGroup) {
        group.phase.store(.done, ordering: .sequentiallyConsistent)
        guard sleepers.load(ordering: .sequentiallyConsistent) > 0 else { return }
        lock.withLock { condition(of: group).broadcast() }
    }

    private func condition(of group: WaitingGroup) -> Condition { group.place == 0 ? first : second }
}
