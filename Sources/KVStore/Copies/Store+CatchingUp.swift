internal import SystemPackage

extension Store {
    /// Sees what the writer has committed since the last time: the list of namespaces, the application's metadata and
    /// every namespace that is in use. Only for a store opened with `access: .follower`.
    ///
    /// Each database then is as it was at one moment during the call, each at a moment of its own; one that has not
    /// changed costs a look at its folder, one that has is opened anew, which reads its logs and takes from some 10 ms
    /// to seconds with large logs. Reads go on meanwhile. Cursors and pinned values stay at what they were made of;
    /// snapshots from before throw `.closed`. A namespace that the writer dropped throws `.namespaceNotFound` from then
    /// on, one that it created can be opened. Commits that the writer made with `.unlogged` are seen when it has
    /// flushed them. RocksDB: `DB::OpenForReadOnly`.
    ///
    /// - Throws: `.invalidArgument` for a store that is no follower; `.busy` when the writer changes a database faster
    ///   than it can be opened; `.corruption` and `.ioError` when it cannot be read; `.closed`. What has caught up
    ///   before the failure stays caught up. That there is nothing new is not an error.
    public func catchUp() throws(StoreError) {
        guard configuration.access == .follower else {
            throw StoreError(
                .invalidArgument, .catchUp, path: path,
                "only a follower catches up; a store that is open for reading only sees more after reopen()")
        }
        try lockCatalog(.catchUp)
        defer { catalogLock.unlock() }
        // A namespace can be dropped between the reading of the catalog and that of a database that it shares.
        for _ in 0..<4 {
            do throws(StoreError) {
                return try catchUpOnce()
            } catch {
                guard error.code == .namespaceNotFound else { throw error }
            }
        }
        try catchUpOnce()
    }

    private func catchUpOnce() throws(StoreError) {
        try NamespaceSlot.refresh([catalogSlot, metadataSlot], .catchUp) { metadataDatabase.forget() }
        pool.noteNamespaces(try catalog.count() - pool.namespaceCount)
        let slots = pool.all()
        guard !slots.isEmpty else { return storage.forget() }
        var records: [UInt64: CatalogRecord] = [:]
        for record in try catalog.all() { records[record.id] = record }
        // First all names, which may have changed places.
        pool.rename(records)
        var dropped = slots.filter { records[$0.id] == nil }
        for database in storage.databases(of: slots.filter { records[$0.id] != nil }) {
            let open = database.slots.filter(\.isOpen)
            guard !open.isEmpty else {
                storage.forget()
                continue
            }
            do throws(StoreError) {
                try NamespaceSlot.refresh(open, .catchUp) { storage.forget() }
            } catch {
                // Dropped since the catalog was read; which of several, the next look at the catalog tells.
                guard error.code == .namespaceNotFound, open.count == 1 else { throw error }
                dropped += open
            }
        }
        for slot in dropped {
            slot.record?.drop()
            defer { pool.remove(slot) }
            try slot.close(.namespaceNotFound, .catchUp)
        }
    }

    /// Sees what the writer has committed since the last time. Runs on an I/O thread while the task is suspended.
    ///
    /// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before it begins.
    public func catchUp() async throws { try await threads.administration.run { try self.catchUp() } }
}
