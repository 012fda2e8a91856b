extension Store {
    /// Gives a namespace another name.
    ///
    /// Atomic and on disk when this returns: after a crash it has the one name or the other. Only the catalog changes,
    /// so it takes one sync, however large the namespace is. `Namespace` values of before go on working and have the
    /// new name, cursors, snapshots and running calls notice nothing, and the old name is free at once.
    ///
    /// - Throws: `.namespaceNotFound` for `name`; `.namespaceExists` for `newName`; `.invalidName`; `.readOnly`;
    ///   `.closed`; `.ioError` and `.noSpace` from the system. The name that it has already is not an error.
    public func renameNamespace(_ name: String, to newName: String) throws(StoreError) {
        try NamespaceName.check(name, .renameNamespace)
        try NamespaceName.check(newName, .renameNamespace)
        try lockCatalog(.renameNamespace)
        defer { catalogLock.unlock() }
        guard var record = try catalog.find(name, .renameNamespace) else {
            throw StoreError(
                .namespaceNotFound, .renameNamespace, namespace: name, path: path, "there is no namespace of that name")
        }
        // Strings of other bytes can be equal; names are bytes.
        guard !name.utf8.elementsEqual(newName.utf8) else { return }
        guard try catalog.find(newName, .renameNamespace) == nil else {
            throw StoreError(
                .namespaceExists, .renameNamespace, namespace: newName, path: path,
                "a namespace of that name is there already")
        }
        record.name = newName
        try catalog.rename(from: name, record)
        pool.rename(name, record)
    }

    /// Gives a namespace another name. Runs on an I/O thread while the task is suspended.
    ///
    /// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before it begins.
    public func renameNamespace(_ name: String, to newName: String) async throws {
        try await threads.administration.run { try self.renameNamespace(name, to: newName) }
    }
}

extension Store {
    /// The catalog's entry of a namespace, from memory: never waits.
    func record(
        of slot: NamespaceSlot, _ operation: StoreError.Operation
    ) throws(StoreError) -> CatalogRecord {
        if ForkedChild.isThisProcess { throw .forked(operation, slot.context) }
        if catalogSlot.hasEnded { throw slot.context.gone(.closed, operation) }
        guard let live = slot.record else { throw notANamespace(operation) }
        guard let record = live.ifPresent else { throw slot.context.gone(.namespaceNotFound, operation) }
        return record
    }

    /// Changes the catalog's entry of a namespace, on disk first.
    ///
    /// - Parameter applied: called with the new entry before another change can begin.
    func changeRecord(
        of slot: NamespaceSlot, _ operation: StoreError.Operation,
        _ change: (inout CatalogRecord) throws(StoreError) -> Void,
        applied: (CatalogRecord) throws(StoreError) -> Void = { (_) throws(StoreError) in }
    ) throws(StoreError) {
        try lockCatalog(operation, for: slot.context)
        defer { catalogLock.unlock() }
        let old = try record(of: slot, operation)
        var record = old
        try change(&record)
        guard record != old else { return }
        try catalog.change(record, operation)
        slot.record?.set(record)
        try applied(record)
    }

    private func notANamespace(_ operation: StoreError.Operation) -> StoreError {
        StoreError(
            .invalidArgument, operation, namespace: "metadata", path: path,
            "the application's metadata is no namespace of the catalog: it has no attributes, tuning or statistics")
    }
}
