internal import Glibc

extension Store {
    /// Opens the database of a keyspace anew, with all keyspaces that are in it.
    func reopen(_ slot: KeyspaceSlot) throws(StoreError) {
        if slot === metadataSlot { return try KeyspaceSlot.reopen(slot, [catalog.slot]) }
        guard let shared = storage as? SharedDatabase else { return try KeyspaceSlot.reopen(slot, []) }
        let before = shared.generation
        // With no namespace coming or going meanwhile.
        try lockCatalog(.reopen, for: slot.context)
        defer { catalogLock.unlock() }
        // All who met the same failure want this; for those who waited it was done.
        if slot.isOpen, shared.generation != before { return }
        try KeyspaceSlot.reopen(slot, pool.all().filter { $0 !== slot }) { shared.forget() }
    }
}

extension Store {
    /// How long the creation of a namespace waits for a moment when nothing uses the others.
    private static let patience: UInt64 = 2_000_000_000
    /// How long new calls are kept waiting for what does not end, and let go on afterwards.
    private static let stop: UInt64 = 100_000_000

    /// Closes a database that all namespaces share where it has to be opened anew before one more is made. The catalog lock
    /// is held.
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
