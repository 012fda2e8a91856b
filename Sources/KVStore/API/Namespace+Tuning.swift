extension Namespace {
    /// The tuning that the namespace has: its own, or the store's ``StoreConfiguration/namespaceTuning``.
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
            let new = store.tuning(of: record)
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
    /// The tuning that a namespace is opened with.
    func tuning(of record: CatalogRecord) -> Tuning { record.tuning ?? configuration.namespaceTuning }
}
