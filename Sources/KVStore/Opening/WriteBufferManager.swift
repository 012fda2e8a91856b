internal import Logging

/// Bounds the memtables of all open namespaces together, by having the largest written to table files.
///
/// The engine's own means, a write buffer manager that databases share, is not in the C API of version 7.8. It is as
/// soft as this: it too has a memtable flushed when the sum is too large, and does not stop the writers meanwhile. But
/// it takes one of the database that is being written to, however much more another holds.
final class WriteBufferManager {
    private let limit: UInt64
    private let pool: OpenNamespaces
    private let logger: Logger
    private var hasFailed = false
    /// What is not worth a table file.
    private static let least: UInt64 = 64 << 10
    /// What writers are taken to fill in a second, to look again before the limit is passed.
    private static let rate: UInt64 = 400 << 20

    init(_ limit: ByteCount, _ pool: OpenNamespaces, _ logger: Logger) {
        self.limit = UInt64(limit.bytes)
        self.pool = pool
        self.logger = logger
    }

    private struct Candidate {
        let slot: NamespaceSlot
        let size: UInt64
        let isIdle: Bool
    }

    /// Begins as many flushes as bring the sum below the limit.
    ///
    /// - Returns: in how many nanoseconds to look again.
    func enforce() -> UInt64 {
        var (total, flushing): (UInt64, UInt64) = (0, 0)
        var candidates: [Candidate] = []
        for slot in pool.openSlots {
            let sizes = try? slot.withColumnFamilyAside(.flush) { (columnFamily) throws(EngineFailure) in
                columnFamily.memtableSizes
            }
            guard let sizes else { continue }
            total += sizes.all
            flushing += sizes.all - min(sizes.active, sizes.all)
            // With one on its way the next would have to wait for it.
            guard sizes.active == sizes.all, sizes.active >= Self.least else { continue }
            candidates.append(Candidate(slot: slot, size: sizes.active, isIdle: !slot.uses.isUnnoted))
        }
        candidates.sort { $0.size > $1.size }
        while total > limit + flushing, let index = choose(candidates) {
            let chosen = candidates.remove(at: index)
            if flush(chosen.slot) { flushing += chosen.size }
        }
        let room = limit - min(limit, total)
        return max(20_000_000, 1_000_000_000 / Self.rate * room)
    }

    /// The largest; or the largest that nobody used of late, where that is worth as much as an eighth of it.
    private func choose(_ candidates: [Candidate]) -> Int? {
        guard let largest = candidates.first else { return nil }
        return candidates.firstIndex { $0.isIdle && $0.size >= largest.size / 8 } ?? 0
    }

    /// - Returns: whether a flush has begun.
    private func flush(_ slot: NamespaceSlot) -> Bool {
        do throws(StoreError) {
            let hasBegun = try slot.withColumnFamilyAside(.flush) { (columnFamily) throws(EngineFailure) -> Bool in
                if columnFamily.flushWouldWait { return false }
                try columnFamily.beginFlush()
                return true
            }
            hasFailed = false
            return hasBegun ?? false
        } catch {
            // Its writers hear of it.
            if !hasFailed {
                logger.error(
                    "a memtable could not be flushed to keep within memtableLimit", metadata: error.logMetadata)
            }
            hasFailed = true
            return false
        }
    }
}
