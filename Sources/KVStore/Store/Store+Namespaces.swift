internal import Logging
internal import SystemPackage

extension Store {
    /// A namespace by its name.
    ///
    /// Cheap, and its database is opened only when it is first used.
    ///
    /// - Parameters:
    ///   - createIfMissing: whether to create it when there is none of that name.
    ///   - options: what it is created with, or must have been created with, attributes aside; `nil` takes it as it is.
    /// - Throws: `.namespaceNotFound`; `.invalidName` for a name that no namespace can have; `.invalidArgument` when it has
    ///   other options, or a merge operator that is not among ``StoreConfiguration/mergeOperators``; `.closed`.
    public func namespace(
        _ name: String, createIfMissing: Bool = false, options: NamespaceOptions? = nil
    ) throws(StoreError) -> Namespace {
        try NamespaceName.check(name, .namespace)
        if options == nil, let slot = pool.existing(name) {
            try catalog.slot.withKeyspace(.namespace) { (_) throws(EngineFailure) in }
            return Namespace(self, slot)
        }
        catalogLock.lock()
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
    ///   - name: 1 to 255 bytes of UTF-8 without control characters. It is never made into a path, so any such name will
    ///     do, `a/b` and `../x` too.
    ///   - options: what it keeps for its life: a merge operator, a time to live. None by default.
    /// - Throws: `.namespaceExists`; `.invalidName`; `.invalidArgument` for options that do not hold together; `.closed`;
    ///   `.ioError` and `.noSpace` from the system.
    @discardableResult
    public func createNamespace(
        _ name: String, options: NamespaceOptions = NamespaceOptions()
    ) throws(StoreError) -> Namespace {
        try NamespaceName.check(name, .createNamespace)
        catalogLock.lock()
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
    /// All by default; a page at a time with `after` and `limit`. Between two pages others may come and go: those that are
    /// there all the time are listed once. No namespace is opened.
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
    /// Gone for good when this returns, after a crash too: at the cost of one sync, however large it is. Later use of the
    /// namespace throws `.namespaceNotFound`; calls that are running finish, compactions early; cursors, snapshots and
    /// pinned values keep what they stand at. A namespace that is created under the same name, at once if you like, is
    /// another one. Its files are removed in the background, when the last of what reads it has ended; what closing the
    /// store or a crash interrupts goes on when the store is opened again.
    ///
    /// - Throws: `.namespaceNotFound`; `.closed`; `.ioError` and `.noSpace` from the system.
    public func dropNamespace(_ name: String) throws(StoreError) {
        try NamespaceName.check(name, .dropNamespace)
        catalogLock.lock()
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
        // A folder that is there belongs to a namespace that the catalog has lost: see `checkFolders`.
        let record = try catalog.beginCreating(name, options) { !StoreFiles.exists(directory.namespace(id: $0)) }
        do throws(StoreError) {
            try makeDatabase(record)
        } catch {
            // The same as after a crash at this point, but now. Where that fails, it is left to the next open.
            do throws(StoreError) {
                try removeUnfinished(record, .createNamespace)
            } catch {}
            throw error
        }
        // Should this fail, its outcome is unknown, and the database must be there for both: the next open decides.
        try catalog.finishCreating(record)
        pool.noteNamespaces(1)
        return Namespace(self, try slot(for: record))
    }

    /// The folder goes for good before the intention to make it is forgotten: nothing would clean up after it then.
    private func removeUnfinished(
        _ record: NamespaceRecord, _ operation: StoreError.Operation
    ) throws(StoreError) {
        try StoreFiles.remove(directory.namespace(id: record.id), operation)
        try StoreFiles.syncFolder(directory.namespaces, operation)
        try catalog.abandonCreating(record)
    }

    private func makeDatabase(_ record: NamespaceRecord) throws(StoreError) {
        let folder = directory.namespace(id: record.id)
        try StoreFiles.makeFolder(folder, .createNamespace)
        let format = try format(of: record, .createNamespace)
        do throws(EngineFailure) {
            _ = try openDatabase(record, format, create: true)
        } catch {
            throw ErrorContext(namespace: record.name, path: folder).error(error, .createNamespace)
        }
        try StoreFiles.syncFolder(folder, .createNamespace)
        try StoreFiles.syncFolder(directory.namespaces, .createNamespace)
    }

    private func openDatabase(
        _ record: NamespaceRecord, _ format: ValueFormat, create: Bool, maxOpenFiles: Int? = DescriptorBudget.least
    ) throws(EngineFailure) -> Database {
        var tuning = tuning(of: record)
        if tuning.maxOpenFiles != nil { tuning.maxOpenFiles = maxOpenFiles }
        let cache = namespaceCache ?? BlockCache(capacity: tuning.blockCacheCapacity)
        return try opener.open(directory.namespace(id: record.id), tuning, cache, format, create: create)
    }

    func slot(for record: NamespaceRecord) throws(StoreError) -> KeyspaceSlot {
        let format = try format(of: record, .namespace)
        return pool.slot(record.name) {
            let live = LiveRecord(record, configuration.namespaceTuning)
            let context = ErrorContext(live, path: directory.namespace(id: record.id))
            let leftovers = Leftovers()
            return KeyspaceSlot(context, record: live, format: format) { [unowned self] (slot) throws(StoreError) in
                try pool.opening(slot, wanting: tuning(of: live.current).maxOpenFiles) {
                    (maxOpenFiles) throws(StoreError) in
                    try openKeyspace(live, context, format, leftovers, maxOpenFiles)
                }
            }
        }
    }

    private func openKeyspace(
        _ live: LiveRecord, _ context: ErrorContext, _ format: ValueFormat, _ leftovers: Leftovers,
        _ maxOpenFiles: Int?
    ) throws(StoreError) -> Keyspace {
        // Left by a crash: this is the first opening, before any load of ours.
        if !configuration.isReader { try leftovers.removeOnce(context.path.appending(Namespace.ingestFolder)) }
        // As it is now: ranges may have been deleted since.
        let record = live.current
        if !configuration.acceptsDataLoss { try promises.checkManifest(record.id, context) }
        let keyspace: Keyspace
        do throws(EngineFailure) {
            let database = try openDatabase(record, format, create: false, maxOpenFiles: maxOpenFiles)
            // Who reads beside a writer may not have heard of its first range deletion.
            let looksForRangeDeletions = record.deletesRanges || configuration.isReader
            keyspace = try Keyspace(database, usesRangeDeletions: looksForRangeDeletions, format: format)
        } catch {
            throw isGone(record, context) ?? context.error(error, .open)
        }
        try promises.check(
            record.id, keyspace.database.latestSequence, acceptingLoss: configuration.acceptsDataLoss, context)
        return keyspace
    }

    /// The error of opening a namespace that the writer beside us has dropped.
    private func isGone(_ record: NamespaceRecord, _ context: ErrorContext) -> StoreError? {
        guard configuration.isReader, !StoreFiles.exists(directory.namespace(id: record.id)) else {
            return nil
        }
        return context.gone(.namespaceNotFound, .open)
    }

    /// Finishes what a crash interrupted: namespaces that were being created or dropped.
    ///
    /// A namespace whose creation was cut short is completed when its database is there, and removed when it is not:
    /// nothing was ever written to it. Only folders that the catalog says were dropped are removed with their data, in
    /// the background.
    func recoverNamespaces() throws(StoreError) {
        let dropped = try catalog.unfinishedDrops()
        defer { for record in dropped { reclaimer.add(record.id) } }
        for record in try catalog.unfinishedCreations() {
            let folder = directory.namespace(id: record.id)
            let isWhole = StoreFiles.exists(folder.appending("CURRENT"))
            if isWhole, try catalog.find(record.name, .open) == nil {
                try StoreFiles.syncFolder(folder, .open)
                try StoreFiles.syncFolder(directory.namespaces, .open)
                try catalog.finishCreating(record)
            } else {
                try removeUnfinished(record, .open)
            }
        }
        if !configuration.acceptsDataLoss { try checkFolders(dropped) }
    }

    /// Throws when there is a database in the folder of a namespace that the catalog does not know.
    ///
    /// Its entry is on disk before its folder is made and until after that is gone. So the catalog has lost commits, and
    /// would have the namespace created anew, empty.
    private func checkFolders(_ dropped: [NamespaceRecord]) throws(StoreError) {
        let known = Set(try (catalog.all() + dropped).map { String($0.id) })
        for name in try StoreFiles.list(directory.namespaces, .open) where UInt64(name) != nil && !known.contains(name)
        {
            let folder = directory.namespaces.appending(name)
            guard StoreFiles.exists(folder.appending("CURRENT")) else { continue }
            throw StoreError(
                .corruption, .open, path: folder,
                "the catalog knows no namespace of this folder: the metadata database has lost commits. Restore the store "
                    + "from a backup, or set acceptsDataLoss to go on with the namespaces that it knows")
        }
    }

    /// Notes in the catalog that ranges are deleted in a namespace, before the first one is.
    func noteRangeDeletions(_ slot: KeyspaceSlot) throws(StoreError) {
        try changeRecord(of: slot, .deleteRange) { (record) throws(StoreError) in record.deletesRanges = true }
    }
}

/// What a crash may have left in a namespace's folder.
private final class Leftovers: @unchecked Sendable {  // used by whoever opens the namespace, one at a time
    private var isRemoved = false

    func removeOnce(_ path: FilePath) throws(StoreError) {
        guard !isRemoved else { return }
        try StoreFiles.remove(path, .open)
        isRemoved = true
    }
}
