internal import Glibc

extension Store {
    /// How long reopening waits for running calls that keep the database in use, outside its gate.
    private static let reopeningPatience: UInt64 = 5_000_000_000

    /// How long it lets others go on in between, in microseconds.
    private static let pause: UInt32 = 100_000

    /// Opens the database of a column family anew, with all column families that are in it.
    ///
    /// Waits for running calls, and lets others go on in between. What a caller holds is not waited for.
    func reopen(_ slot: NamespaceSlot) throws(StoreError) {
        let end = MonotonicClock.after(Self.reopeningPatience)
        let before = storage.generation
        while let users = try reopenIfUnused(slot, since: before) {
            if !users.held.isEmpty || !users.areInside && MonotonicClock.now >= end {
                throw slot.context.error(.alreadyOpen, .reopen, users.complaint)
            }
            usleep(Self.pause)
        }
    }

    /// - Returns: what uses the database; nil when it was opened anew.
    private func reopenIfUnused(_ slot: NamespaceSlot, since generation: Int?) throws(StoreError) -> DatabaseUsers? {
        if slot === metadataSlot {
            return try NamespaceSlot.reopen(slot, [catalogSlot]) { slot.columnFamily?.database }
        }
        return try storage.reopen(slot, since: generation) { (body) throws(StoreError) in
            try lockCatalog(.reopen, for: slot.context)
            defer { catalogLock.unlock() }
            return try body(pool.all())
        }
    }
}
