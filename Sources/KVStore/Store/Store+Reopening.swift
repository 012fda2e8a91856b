extension Store {
    /// Opens the database of a keyspace anew, with all keyspaces that are in it.
    func reopen(_ slot: KeyspaceSlot) throws(StoreError) {
        if slot === metadataSlot { return try KeyspaceSlot.reopen(slot, [catalog.slot]) }
        guard let shared = storage as? SharedDatabase else { return try KeyspaceSlot.reopen(slot, []) }
        let before = shared.generation
        // With no namespace coming or going meanwhile.
        catalogLock.lock()
        defer { catalogLock.unlock() }
        // All who met the same failure want this; for those who waited it was done.
        if slot.isOpen, shared.generation != before { return }
        try KeyspaceSlot.reopen(slot, pool.all().filter { $0 !== slot }) { shared.forget() }
    }
}
