#if DEBUG
    internal import Glibc

    /// What the calling thread holds, in debug builds: see ``LockRank``.
    final class HeldLocks {
        private struct Held: Comparable {
            let rank: LockRank
            let order: UInt64

            static func < (one: Held, other: Held) -> Bool { (one.rank, one.order) < (other.rank, other.order) }
        }

        /// In order, whatever the order in which they were taken.
        private var held: [Held] = []

        private static let key: pthread_key_t = {
            var key = pthread_key_t()
            pthread_key_create(&key) { if let held = $0 { Unmanaged<HeldLocks>.fromOpaque(held).release() } }
            return key
        }()

        /// Those of the calling thread.
        private static var ofThread: HeldLocks {
            if let held = pthread_getspecific(key) {
                return Unmanaged<HeldLocks>.fromOpaque(held).takeUnretainedValue()
            }
            let made = HeldLocks()
            pthread_setspecific(key, Unmanaged.passRetained(made).toOpaque())
            return made
        }

        /// Ends the process if the thread must not wait for a lock of that rank now.
        static func checkWait(_ rank: LockRank, _ order: UInt64) {
            guard let last = ofThread.held.last, last.rank >= rank else { return }
            if last.rank == rank, rank == .updates || rank.hasOrder && last.order < order { return }
            preconditionFailure(
                "a thread waits for \(rank) \(order) while it holds \(last.rank) \(last.order), which comes later in LockRank"
            )
        }

        static func note(_ rank: LockRank, _ order: UInt64) {
            let mine = ofThread
            let new = Held(rank: rank, order: order)
            mine.held.insert(new, at: (mine.held.lastIndex { $0 <= new } ?? -1) + 1)
        }

        static func forget(_ rank: LockRank, _ order: UInt64) {
            let mine = ofThread
            if let place = mine.held.lastIndex(of: Held(rank: rank, order: order)) { mine.held.remove(at: place) }
        }
    }
#endif
