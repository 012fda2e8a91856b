/// How far compactions may go in dropping what has expired: snapshots and compactions of the databases that have the
/// same options meet here.
///
/// The engine's compaction filter is asked about entries that snapshots see, too. So each snapshot notes as of when it
/// reads, and nothing goes that had not expired by then. And where an entry went already, no later snapshot reads as of
/// a time at which it would have been there, though the clock be set back.
final class ExpiryHorizon: @unchecked Sendable {  // guarded by its lock
    private let clock: ExpiryClock
    private let lock = Lock(.innermost)
    /// As of when the snapshots that are alive read, in ascending order.
    private var times: [UInt64] = []
    /// The latest time of expiry that anything dropped had.
    private var dropped: UInt64 = 0

    init(_ clock: ExpiryClock) { self.clock = clock }

    /// Begins a snapshot, before the engine takes it.
    ///
    /// - Returns: as of when it reads, to be given to ``endSnapshot(_:)``.
    func beginSnapshot() -> UInt64 {
        let now = clock.now
        return lock.withLock {
            let time = max(now, dropped)
            times.insert(time, at: place(of: time))
            return time
        }
    }

    func endSnapshot(_ time: UInt64) {
        lock.withLock {
            let place = place(of: time) - 1
            if times.indices.contains(place), times[place] == time { times.remove(at: place) }
        }
    }

    /// Whether a compaction may drop an entry; it then does.
    func mayDrop(_ stored: UnsafeRawBufferPointer) -> Bool {
        guard let expiry = ExpiryClock.expiry(of: stored), expiry <= clock.now else { return false }
        return lock.withLock {
            guard expiry <= times.first ?? .max else { return false }
            dropped = max(dropped, expiry)
            return true
        }
    }

    /// Behind all times up to that one.
    private func place(of time: UInt64) -> Int {
        var (low, high) = (0, times.count)
        while low < high {
            let middle = (low + high) / 2
            if times[middle] <= time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
