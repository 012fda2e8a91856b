internal import Glibc
internal import SystemPackage

extension SharedDatabase {
    func reopen(
        _ slot: NamespaceSlot, since generation: Int?,
        _ whileNamespacesStay: (([NamespaceSlot]) throws(StoreError) -> DatabaseUsers?) throws(StoreError) ->
            DatabaseUsers?
    ) throws(StoreError) -> DatabaseUsers? {
        try whileNamespacesStay { (all) throws(StoreError) in
            // All who met the same failure want this; for those who waited it was done.
            if slot.isOpen, self.generation != generation { return nil }
            return try NamespaceSlot.reopen(slot, all.filter { $0 !== slot }) {
                currentDatabase
            } _: {
                forget()
            }
        }
    }
}

// MARK: Room

extension SharedDatabase {
    /// How long the creation of a namespace waits for a moment when nothing uses the others.
    private static let patience: UInt64 = 2_000_000_000
    /// How long new calls are kept waiting for what does not end, and let go on afterwards.
    private static let stop: UInt64 = 100_000_000

    /// Closes the database where it has to be opened anew before one more is made: for want of descriptors, or to keep its
    /// logs.
    func makeRoom(for record: CatalogRecord, in pool: OpenNamespaces) throws(StoreError) {
        let lacksLogs = record.changes != nil && keepLogs()
        guard isFull || lacksLogs else { return }
        let end = MonotonicClock.after(Self.patience)
        while true {
            let isClosed = try pool.closeTogether(until: min(end, MonotonicClock.after(Self.stop)), .createNamespace) {
                closeIfUnused()
            }
            if isClosed == true { return }
            guard MonotonicClock.now < end else { throw isFull ? tooManyAreNew(record.name) : keepsNoLogs(record.name) }
            usleep(UInt32(Self.stop / 1000))
        }
    }

    /// What creating a namespace whose changes are kept throws when it cannot be closed.
    private func keepsNoLogs(_ name: String) -> StoreError {
        StoreError(
            .busy, .createNamespace, namespace: name, path: folder(of: StoreDirectory.sharedDatabase),
            "the first namespace whose changes are kept has the database of all opened anew, which cursors, snapshots, pinned "
                + "values, transactions or a long call keep from being done. End them, call reopen() of a namespace, or create "
                + "it when the store has just been opened")
    }

    /// What creating a namespace throws when it cannot be closed.
    private func tooManyAreNew(_ name: String) -> StoreError {
        StoreError(
            .busy, .createNamespace, namespace: name, path: folder(of: StoreDirectory.sharedDatabase),
            "\(recentLimit) namespaces were created since the database was opened; each takes a descriptor until it is opened "
                + "anew, which cursors, snapshots, pinned values, transactions or a long call keep from being done. The "
                + "process may have \(processLimit) descriptors. End them, call reopen() of a namespace, which ends "
                + "snapshots, or raise the limit (ulimit -n, LimitNOFILE=)")
    }
}
