internal import Glibc

extension Store {
    /// How long reopening waits for running calls that keep the database in use, outside its gate.
    private static let reopeningPatience: UInt64 = 5_000_000_000

    /// Opens the database of a column family anew, with all column families that are in it.
    ///
    /// Waits for running calls, and lets others go on in between. What a caller holds is not waited for.
    func reopen(_ slot: NamespaceSlot) throws(StoreError) {
        let end = MonotonicClock.after(Self.reopeningPatience)
        let before = (storage as? SharedDatabase)?.generation
        while let users = try reopenIfUnused(slot, since: before) {
            if !users.held.isEmpty || !users.areInside && MonotonicClock.now >= end {
                throw slot.context.error(.alreadyOpen, .reopen, users.complaint)
            }
            usleep(UInt32(Self.stop / 1000))
        }
    }

    /// - Returns: what uses the database; nil when it was opened anew.
    private func reopenIfUnused(_ slot: NamespaceSlot, since generation: Int?) throws(StoreError) -> DatabaseUsers? {
        if slot === metadataSlot {
            return try NamespaceSlot.reopen(slot, [catalogSlot]) { slot.columnFamily?.database }
        }
        guard let shared = storage as? SharedDatabase else {
            return try NamespaceSlot.reopen(slot, []) { slot.columnFamily?.database }
        }
        // With no namespace coming or going meanwhile.
        try lockCatalog(.reopen, for: slot.context)
        defer { catalogLock.unlock() }
        // All who met the same failure want this; for those who waited it was done.
        if slot.isOpen, shared.generation != generation { return nil }
        return try NamespaceSlot.reopen(slot, pool.all().filter { $0 !== slot }) {
            shared.currentDatabase
        } _: {
            shared.forget()
        }
    }
}

extension Store {
    /// How long the creation of a namespace waits for a moment when nothing uses the others.
    private static let patience: UInt64 = 2_000_000_000
    /// How long new calls are kept waiting for what does not end, and let go on afterwards.
    private static let stop: UInt64 = 100_000_000

    /// Closes a database that all namespaces share where it has to be opened anew before one more is made. The catalog
    /// lock is held.
    func makeRoom(forNamespace name: String) throws(StoreError) {
        guard let shared = storage as? SharedDatabase, shared.isFull else { return }
        let end = MonotonicClock.after(Self.patience)
        while true {
            let isClosed = try pool.closeTogether(until: min(end, MonotonicClock.after(Self.stop)), .createNamespace) {
                shared.closeIfUnused()
            }
            if isClosed == true { return }
            guard MonotonicClock.now < end else { throw shared.tooManyAreNew(name) }
            usleep(UInt32(Self.stop / 1000))
        }
    }
}
