internal import Logging

extension Namespace {
    /// The tuning that the namespace has: its own as it was given, or the store's
    /// ``StoreConfiguration/namespaceTuning``.
    ///
    /// - Throws: `.namespaceNotFound` when it was dropped; `.closed`; `.invalidArgument` for ``Store/metadata``.
    public var tuning: Tuning {
        get throws(StoreError) { store.tuning(of: try store.record(of: slot, .tuning)) }
    }

    /// Gives the namespace a tuning of its own, or with nil the store's again. On disk when this returns, and used at
    /// each opening from then on.
    ///
    /// What the engine can change in an open database is changed at once: `memtableSize`, `maxMemtables`, the three
    /// `level0` triggers, `compression` and `bottommostCompression` (of files that are written from then on); and
    /// `durability`. The rest takes effect when the database is next opened: by ``reopen()``, after it was closed to
    /// make room, or with the store. RocksDB: `SetOptions`; its `SetDBOptions` is not in the C API.
    ///
    /// In a store with the layout ``StoreLayout/singleDatabase``, settings of the whole database have no effect
    /// (``Tuning/maxConcurrentCompactions``, ``Tuning/bytesPerSync``, ``Tuning/maxOpenFiles``,
    /// ``Tuning/pipelinedWrites``, ``Tuning/walRetention``, ``Tuning/walRetentionSize``); the store's logger says so.
    /// They are kept, and count in a copy of the store in the other layout.
    ///
    /// - Returns: the names of the settings that changed and wait for that; none when the database is not open.
    /// - Throws: `.invalidArgument` for a tuning that does not hold together, with every conflict; nothing is changed
    ///   then. `.namespaceNotFound` when the namespace was dropped; `.readOnly`; `.closed`; `.ioError` and `.noSpace`
    ///   from the system.
    @discardableResult
    public func setTuning(_ tuning: Tuning?) throws(StoreError) -> [String] {
        if let tuning { try tuning.validate() }
        var waiting: [String] = []
        try store.changeRecord(of: slot, .tuning) { (record) throws(StoreError) in
            record.tuning = tuning
        } applied: { (record) throws(StoreError) in
            let new = store.effectiveTuning(of: record)
            store.tellWhatIsIgnored(of: record)
            waiting = try slot.withColumnFamilyAsItIs(.tuning) { (columnFamily) throws(EngineFailure) in
                guard let columnFamily else { return [] }
                try columnFamily.apply(new)
                return new.changesAtNextOpening(from: columnFamily.options.tuning)
            }
        }
        return waiting
    }

    /// Gives the namespace a tuning of its own. Runs on an I/O thread while the task is suspended.
    ///
    /// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before it begins.
    @discardableResult
    public func setTuning(_ tuning: Tuning?) async throws -> [String] {
        try await store.threads.administration.run { try self.setTuning(tuning) }
    }
}

extension Store {
    func tuning(of record: CatalogRecord) -> Tuning { record.tuning ?? configuration.namespaceTuning }

    /// The tuning that a namespace is opened with.
    func effectiveTuning(of record: CatalogRecord) -> Tuning { storage.effective(tuning(of: record)) }

    /// Says which settings of a namespace's own tuning have no effect in this layout.
    func tellWhatIsIgnored(of record: CatalogRecord) {
        guard let tuning = record.tuning else { return }
        let ignored = tuning.ignored(inDatabase: effectiveTuning(of: record))
        guard !ignored.isEmpty else { return }
        log.logger.notice(
            """
            \(ignored.joined(separator: ", ")) of the tuning of the namespace "\(record.name)" have no effect: all \
            namespaces are in one database, for which StoreConfiguration.namespaceTuning counts.
            """, metadata: ["namespace": "\(record.name)"])
    }
}
