extension Store {
    /// A namespace by its name.
    ///
    /// Cheap, and its database is opened only when it is first used.
    ///
    /// - Parameters:
    ///   - name: of 1 to 255 bytes.
    ///   - createIfMissing: whether to create it when there is none of that name.
    ///   - options: what it is created with, or must have: the merge operator, the time to live and, if they say so, for
    ///     how long changes are kept; `nil` takes it as it is.
    /// - Throws: `.namespaceNotFound`; `.invalidName` for a name that no namespace can have; `.invalidArgument` when it
    ///   has other options, or a merge operator that is not among ``StoreConfiguration/mergeOperators``; `.closed`.
    public func namespace(
        _ name: String, createIfMissing: Bool = false, options: NamespaceOptions? = nil
    ) throws(StoreError) -> Namespace {
        try checkIsNotForked(.namespace)
        try NamespaceName.check(name, .namespace)
        if options == nil, let slot = pool.existing(name) {
            try catalogSlot.withColumnFamily(.namespace) { (_) throws(EngineFailure) in }
            return Namespace(self, slot)
        }
        try lockCatalog(.namespace)
        defer { catalogLock.unlock() }
        if let record = try catalog.find(name, .namespace) {
            if let options { try check(options, of: record) }
            return Namespace(self, try slot(for: record))
        }
        if createIfMissing { return try create(name, options ?? NamespaceOptions(), .namespace) }
        throw StoreError(
            .namespaceNotFound, .namespace, namespace: name, path: path,
            "there is no namespace of that name; create it, or pass createIfMissing: true")
    }

    /// Creates a namespace.
    ///
    /// On disk when this returns. After a crash on the way it is there whole or not at all.
    ///
    /// - Parameters:
    ///   - name: 1 to 255 bytes of UTF-8 without control characters. It is never made into a path, so any such name
    ///     will do, `a/b` and `../x` too.
    ///   - options: what it keeps for its life: a merge operator, a time to live; and what can be changed later. None by
    ///     default.
    /// - Throws: `.namespaceExists`; `.invalidName`; `.invalidArgument` for options that do not hold together; `.busy`
    ///   in a single database that has no descriptors left for more until it is opened anew, or that has to be for the first
    ///   namespace whose changes are kept, which cursors and the like keep from being done for two seconds; `.closed`;
    ///   `.ioError` and `.noSpace` from the system.
    @discardableResult
    public func createNamespace(
        _ name: String, options: NamespaceOptions = NamespaceOptions()
    ) throws(StoreError) -> Namespace {
        try NamespaceName.check(name, .createNamespace)
        try lockCatalog(.createNamespace)
        defer { catalogLock.unlock() }
        guard try catalog.find(name, .createNamespace) == nil else {
            throw StoreError(
                .namespaceExists, .createNamespace, namespace: name, path: path,
                "a namespace of that name is there already")
        }
        return try create(name, options, .createNamespace)
    }

    /// The namespaces, ordered by the bytes of their names.
    ///
    /// All by default; a page at a time with `after` and `limit`. Between two pages others may come and go: those that
    /// are there all the time are listed once. No namespace is opened.
    ///
    /// - Parameters:
    ///   - prefix: what the names begin with.
    ///   - name: the name after which to begin, which need not be one: the last of the page before.
    ///   - limit: how many at most.
    /// - Throws: `.closed`; `.corruption` and `.ioError` when the catalog cannot be read.
    public func namespaces(
        prefix: String = "", after name: String? = nil, limit: Int = .max
    ) throws(StoreError) -> [NamespaceInfo] {
        try catalog.list(prefix: prefix, after: name, limit: limit).map(\.info)
    }

    /// Drops a namespace with all its data.
    ///
    /// Gone for good when this returns, after a crash too: at the cost of one sync, however large it is. Later use of
    /// the namespace throws `.namespaceNotFound`; calls that are running finish, compactions early; cursors, snapshots
    /// and pinned values keep what they stand at. A namespace that is created under the same name, at once if you like,
    /// is another one. Its files are removed in the background, when the last of what reads it has ended; what closing
    /// the store or a crash interrupts goes on when the store is opened again.
    ///
    /// - Throws: `.namespaceNotFound`; `.closed`; `.ioError` and `.noSpace` from the system.
    public func dropNamespace(_ name: String) throws(StoreError) {
        try NamespaceName.check(name, .dropNamespace)
        try lockCatalog(.dropNamespace)
        defer { catalogLock.unlock() }
        guard let record = try catalog.find(name, .dropNamespace) else {
            throw StoreError(
                .namespaceNotFound, .dropNamespace, namespace: name, path: path, "there is no namespace of that name")
        }
        try catalog.beginDropping(record)
        let slot = pool.existing(name)
        if let slot {
            slot.record?.drop()
            slot.end(.namespaceNotFound)
            pool.remove(slot)
        }
        pool.noteNamespaces(-1)
        promises.forget(record.id)
        usages.forget(record.id)
        reclaimer.add(record.id, slot)
    }
}

extension Store {
    /// Creates a namespace of a name that is free. The catalog lock is held.
    ///
    /// The intention is noted first and the name last, so that a crash leaves either the one, to be cleaned up by
    /// `recoverNamespaces`, or a whole namespace.
    private func create(
        _ name: String, _ options: NamespaceOptions, _ operation: StoreError.Operation
    ) throws(StoreError) -> Namespace {
        try check(options, name, operation)
        return try create(CatalogRecord(name: name, id: 0, options: options), operation)
    }

    /// Creates a namespace with the name and all that is kept of another store's.
    func createCopy(of record: CatalogRecord) throws(StoreError) -> Namespace {
        try lockCatalog(.copy)
        defer { catalogLock.unlock() }
        var template = record
        template.deletesRanges = false
        template.start = nil
        return try create(template, .copy)
    }

    private func create(
        _ template: CatalogRecord, _ operation: StoreError.Operation
    ) throws(StoreError) -> Namespace {
        let format = try format(of: template, operation)
        try storage.makeRoom(for: template, in: pool)
        var record = try catalog.beginCreating(template) { (id) throws(StoreError) in try storage.isFree(id) }
        do throws(StoreError) {
            let start = try storage.make(record, format)
            record.start = start == 0 ? nil : start
        } catch {
            // The same as after a crash at this point, but now. Where that fails, it is left to the next open.
            do throws(StoreError) {
                try storage.remove(record.id, .createNamespace)
                try catalog.abandonCreating(record)
            } catch {}
            throw error
        }
        // Should this fail, its outcome is unknown, and the database must be there for both: the next open decides.
        try catalog.finishCreating(record)
        pool.noteNamespaces(1)
        tellWhatIsIgnored(of: record)
        return Namespace(self, try slot(for: record))
    }

    func slot(for record: CatalogRecord) throws(StoreError) -> NamespaceSlot {
        let format = try format(of: record, .namespace)
        return pool.slot(record.name) {
            let live = CatalogEntry(record, configuration.namespaceTuning)
            let context = ErrorContext(live, path: storage.folder(of: record.id))
            return NamespaceSlot(
                context, record: live, format: format, slowCalls: slowCalls
            ) { [unowned self] (slot) throws(StoreError) in
                try pool.opening(slot, wanting: effectiveTuning(of: live.current).maxOpenFiles) {
                    (maxOpenFiles) throws(StoreError) in
                    // As it is now: ranges may have been deleted since.
                    try storage.open(live.current, format, maxOpenFiles: maxOpenFiles, context)
                }
            }
        }
    }

    /// Finishes what a crash interrupted: namespaces that were being created or dropped.
    ///
    /// A namespace whose creation was cut short is completed when its database is there, and removed when it is not:
    /// nothing was ever written to it. Only what the catalog says was dropped is removed with its data, in the
    /// background.
    func recoverNamespaces() throws(StoreError) {
        let dropped = try catalog.unfinishedDrops()
        let unfinished = try catalog.unfinishedCreations()
        if !dropped.isEmpty || !unfinished.isEmpty {
            // Each commit takes a namespace from one kind of entry to another: what is under way is not there as well.
            let underWay = (dropped + unfinished).map(\.id)
            guard Set(underWay).isDisjoint(with: try catalog.all().map(\.id)), Set(underWay).count == underWay.count
            else {
                throw catalog.damaged("a namespace that is there is also to be removed", .open)
            }
        }
        defer { for record in dropped { reclaimer.add(record.id) } }
        for record in unfinished {
            if try storage.isWhole(record), try catalog.find(record.name, .open) == nil {
                try catalog.finishCreating(record)
            } else {
                try storage.remove(record.id, .open)
                try catalog.abandonCreating(record)
            }
        }
        if !configuration.acceptsDataLoss { try storage.checkAgainstCatalog(dropped) }
    }

    /// Notes in the catalog and beside the database that ranges are deleted in a namespace, before the first one is.
    func noteRangeDeletions(_ slot: NamespaceSlot) throws(StoreError) {
        try changeRecord(of: slot, .deleteRange) { (record) throws(StoreError) in
            record.deletesRanges = true
        } applied: { (_) throws(StoreError) in
            try storage.rangeDeletionMark(of: slot.id).make(.deleteRange)
        }
    }
}
