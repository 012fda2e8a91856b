extension Namespace {
    /// Sets the value of a key.
    ///
    /// - Parameters:
    ///   - key: of up to ``Limits/keySize``.
    ///   - value: of up to ``Limits/valueSize``.
    ///   - durability: what it survives when this returns; the store's default when nil.
    /// - Throws: `.invalidArgument` for a key or value over the ``Limits``; `.ioError` and `.noSpace` when the log
    ///   could not be written: whether the write is there is then unknown until ``reopen()``; `.closed`.
    @inlinable
    @discardableResult
    public func put(
        _ key: borrowing some Bytes & ~Copyable & ~Escapable, _ value: borrowing some Bytes & ~Copyable & ~Escapable,
        durability: Durability? = nil
    ) throws(StoreError) -> CommitReceipt {
        try key.withBytes { (key) throws(StoreError) in
            try value.withBytes { (value) throws(StoreError) in try putBytes(key, value, durability) }
        }
    }

    /// What every put comes down to: not generic, where the generic form is inlined into its callers.
    @usableFromInline
    func putBytes(_ key: RawSpan, _ value: RawSpan, _ durability: Durability?) throws(StoreError) -> CommitReceipt {
        let durability = resolve(durability)
        try checkSizes(key.byteCount, value.byteCount, .put)
        return try slot.withColumnFamily(.put) { (columnFamily) throws(EngineFailure) in
            receipt(try columnFamily.put(key, value, durability), durability, columnFamily)
        }
    }

    /// Sets the value of a key for a time, whatever the namespace's ``NamespaceOptions/timeToLive`` says.
    ///
    /// From then on no read returns the entry, as of one whose ``NamespaceOptions/timeToLive`` is over. A later put without
    /// a time gives it the namespace's.
    ///
    /// ```swift
    /// let sessions = try store.createNamespace("sessions", options: NamespaceOptions(timeToLive: .seconds(3600)))
    /// try sessions.put("remembered", "user 7", expiresAfter: .seconds(30 * 24 * 3600))
    /// ```
    ///
    /// - Parameters:
    ///   - key: of up to ``Limits/keySize``.
    ///   - value: of up to ``Limits/valueSize``.
    ///   - time: counts from the commit; at least 1 ms, kept in milliseconds. One that never comes, such as
    ///     `Duration.seconds(Int64.max)`, is for ever.
    ///   - durability: what it survives when this returns; the store's default when nil.
    /// - Throws: `.invalidArgument` for a time below 1 ms, and in a namespace that was not created with a time to live,
    ///   whose values have no room for one; else as ``put(_:_:durability:)``.
    @discardableResult
    public func put(
        _ key: borrowing some Bytes & ~Copyable & ~Escapable, _ value: borrowing some Bytes & ~Copyable & ~Escapable,
        expiresAfter time: Duration, durability: Durability? = nil
    ) throws(StoreError) -> CommitReceipt {
        var batch = WriteBatch()
        batch.put(key, value, expiresAfter: time)
        try check(batch, .put)
        return try commit(batch, durability: durability)
    }

    /// Deletes a key. That it is not there is no error.
    ///
    /// - Parameters:
    ///   - key: of up to ``Limits/keySize``.
    ///   - durability: what it survives when this returns; the store's default when nil.
    /// - Throws: as ``put(_:_:durability:)``.
    @discardableResult
    public func delete(
        _ key: borrowing some Bytes & ~Copyable & ~Escapable, durability: Durability? = nil
    ) throws(StoreError) -> CommitReceipt {
        let durability = resolve(durability)
        return try key.withBytes { (key) throws(StoreError) in
            try checkSizes(key.byteCount, 0, .delete)
            return try slot.withColumnFamily(.delete) { (columnFamily) throws(EngineFailure) in
                receipt(try columnFamily.delete(key, durability), durability, columnFamily)
            }
        }
    }

    /// Deletes every key of a range, atomically and at the cost of one write.
    ///
    /// Of a range without an upper bound, the keys that are there when the call begins. Reads of a namespace in which
    /// ranges were ever deleted cost a little more. That the range is empty is no error.
    ///
    /// - Throws: as ``put(_:_:durability:)``.
    @discardableResult
    public func deleteRange(_ range: KeyRange, durability: Durability? = nil) throws(StoreError) -> CommitReceipt {
        var range = range
        if range.upperBound == nil {
            // Whether its value can be read does not matter.
            let last = try slot.withColumnFamily(.deleteRange) { (columnFamily) throws(EngineFailure) in
                try columnFamily.lastKey(in: range)
            }
            guard let last else { return emptyReceipt(resolve(durability)) }
            // The smallest key after the last one.
            range = KeyRange(lowerBound: range.lowerBound, upperBound: last + [0])
        }
        var batch = WriteBatch()
        batch.deleteRange(range)
        return try commit(batch, durability: durability)
    }

    /// Commits the writes that `body` puts into a batch: all of them or, when it throws, none.
    ///
    /// - Parameters:
    ///   - durability: what they survive when this returns; the store's default when nil.
    ///   - body: puts them in, at once.
    /// - Throws: what `body` throws, and as ``put(_:_:durability:)``.
    @discardableResult
    public func write(
        durability: Durability? = nil, _ body: (inout WriteBatch) throws -> Void
    ) throws -> CommitReceipt {
        try commit(filled(WriteBatch(), by: body), durability: durability)
    }

    /// Commits a batch, all of it or nothing.
    ///
    /// - Parameters:
    ///   - batch: may have no writes.
    ///   - durability: what it survives when this returns; the store's default when nil.
    /// - Throws: as ``put(_:_:durability:)``. A batch without writes is no error.
    @discardableResult
    public func commit(_ batch: WriteBatch, durability: Durability? = nil) throws(StoreError) -> CommitReceipt {
        try check(batch, .write)
        let durability = resolve(durability)
        guard !batch.isEmpty else { return emptyReceipt(durability) }
        if batch.deletesRanges { try prepareForRangeDeletions() }
        return try slot.withColumnFamily(.write) { (columnFamily) throws(EngineFailure) in
            receipt(try columnFamily.write(batch, durability), durability, columnFamily)
        }
    }

    /// Reads and writes in one step that no other update of this namespace comes between.
    ///
    /// Closures run one after another, each on its caller's thread and each seeing what those before it wrote. What
    /// waits at the same time is committed as one group. When `body` throws, only its own writes are dropped.
    ///
    /// Plain writes (``put(_:_:durability:)`` and the like, batches, loads) are not held back. Each read of a closure
    /// sees all of them that were acknowledged before it, the closure's own included, so that two reads of a key may
    /// differ; over them lies what the closure and those before it have written. A plain write that comes after a
    /// closure's read is not seen by it, and is overwritten where the closure writes the same key: what is to be
    /// counted on must be written by updates or transactions alone. In a namespace with a time to live, each read is of
    /// its moment.
    ///
    /// ```swift
    /// let position = try orders.update { txn in
    ///     let position = try txn.get("GP").flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 1
    ///     txn.put("GP", String(position + 1))
    ///     return position
    /// }
    /// ```
    ///
    /// Ranges are read by ``Update/cursor(_:options:)`` and ``Update/entries(_:reversed:limit:options:)``, with what is
    /// uncommitted laid over what is there; that waits for the group of updates that is being committed.
    ///
    /// Keep closures short: all updates of the namespace wait for them. An update within an update of the same
    /// namespace throws `.invalidArgument`. One within an update of another namespace holds both back; where another
    /// thread has just nested them the other way round, it throws `.busy` rather than wait for ever, so nest them in
    /// one order. That is told for updates and transactions on the closure's thread: a closure must not wait for
    /// another thread or a task that updates its namespace.
    ///
    /// - Parameters:
    ///   - durability: what the writes survive when this returns; the store's default when nil. A group gets what the
    ///     most demanding of its members asked for.
    ///   - body: reads and writes, on the caller's thread.
    /// - Throws: what `body` throws; `.busy` when it may succeed if it is tried again, and nothing was written; and as
    ///   ``put(_:_:durability:)``.
    @inlinable
    @available(*, noasync, message: "in async code, the closure and what it returns have to be Sendable")
    public func update<Result>(
        durability: Durability? = nil, _ body: (inout Update) throws -> Result
    ) throws -> Result {
        var result: Result?
        try runUpdate(durability) { result = try body(&$0) }
        return result!
    }

    /// What every update comes down to: not generic, where the generic form is inlined into its callers.
    @usableFromInline
    func runUpdate(_ durability: Durability?, _ body: (inout Update) throws -> Void) throws {
        let target = try updates()
        try run(body, target, resolve(durability))
    }

    /// As ``update(durability:_:)``, and returns the receipt of the commit too: the group's, with the durability that
    /// it got. That of an update that wrote nothing is one of a commit that wrote nothing.
    ///
    /// - Throws: as ``update(durability:_:)``.
    @available(*, noasync, message: "in async code, the closure and what it returns have to be Sendable")
    public func updateWithReceipt<Result>(
        durability: Durability? = nil, _ body: (inout Update) throws -> Result
    ) throws -> (result: Result, receipt: CommitReceipt) {
        let target = try updates()
        let durability = resolve(durability)
        var result: Result?
        let commit = try run({ result = try body(&$0) }, target, durability)
        return (result!, receipt(commit, durability, target))
    }

    /// - Returns: how it was committed; nil when it wrote nothing.
    @discardableResult
    private func run(
        _ body: (inout Update) throws -> Void, _ target: NamespaceUpdates, _ durability: Durability
    ) throws -> UpdateCommit? {
        let queue = target.columnFamily.updates
        return try queue.run(in: target, durability: durability) { writes in try run(body, queue, target, &writes) }
    }

    /// Runs the closure of an update, and looks at what it wrote.
    func run<Result>(
        _ body: (inout Update) throws -> Result, _ queue: UpdateQueue, _ target: NamespaceUpdates,
        _ writes: inout BatchOverlay
    ) throws -> Result {
        let result = try Update.run(queue, target, &writes, body)
        if writes.batch.merges || writes.batch.deletesRanges || writes.batch.expires { try admit(writes.batch) }
        return result
    }

    /// Refuses what the namespace cannot merge or have expire, and prepares it for range deletions.
    ///
    /// Called with the updates held back: those that come after must not be committed before. Stopping the namespace is
    /// in order there, as no call that is inside it waits for updates.
    @inline(never)
    private func admit(_ batch: WriteBatch) throws(StoreError) {
        // The queue says what is wrong with it.
        guard batch.violation == nil else { return }
        if batch.merges { try checkMerges(of: batch, .update) }
        if batch.expires { try checkExpires(.update) }
        if batch.deletesRanges { try prepareForRangeDeletions() }
    }

    /// - Parameter commit: nil for an update that wrote nothing.
    func receipt(_ commit: UpdateCommit?, _ durability: Durability, _ target: NamespaceUpdates) -> CommitReceipt {
        guard let commit else { return emptyReceipt(durability) }
        return receipt(commit.sequence, commit.durability, target.columnFamily)
    }

    func updates() throws(StoreError) -> NamespaceUpdates {
        let columnFamily = try slot.withColumnFamily(.update) { (columnFamily) throws(EngineFailure) in columnFamily }
        return NamespaceUpdates(slot: slot, columnFamily: columnFamily)
    }

    func receipt(_ sequence: UInt64, _ durability: Durability, _ columnFamily: borrowing ColumnFamily) -> CommitReceipt
    {
        CommitReceipt(sequence: sequence, durability: durability, log: columnFamily.database.log, namespace: self)
    }

    func receipt(_ commit: LoggedCommit) -> CommitReceipt {
        CommitReceipt(sequence: commit.sequence, durability: commit.durability, log: commit.log, namespace: self)
    }

    /// The receipt of a commit that wrote nothing.
    func emptyReceipt(_ durability: Durability) -> CommitReceipt {
        CommitReceipt(sequence: 0, durability: durability, log: nil, namespace: nil)
    }

    func check(_ batch: WriteBatch, _ operation: StoreError.Operation) throws(StoreError) {
        if let violation = batch.violation {
            throw error(.invalidArgument, operation, violation + "; nothing of the batch was written")
        }
        if batch.merges { try checkMerges(of: batch, operation) }
        if batch.expires { try checkExpires(operation) }
    }

    /// Checks that entries can have a time to live of their own.
    func checkExpires(_ operation: StoreError.Operation) throws(StoreError) {
        guard !slot.format.expires else { return }
        throw error(
            .invalidArgument, operation,
            "the entries of this namespace do not expire: create it with a timeToLive for those that do; nothing was written"
        )
    }

    func checkSizes(_ key: Int, _ value: Int, _ operation: StoreError.Operation) throws(StoreError) {
        guard key > Limits.keySize.bytes || value > Limits.valueSize.bytes else { return }
        throw error(
            .invalidArgument, operation, (Limits.violation(key: key, value: value) ?? "") + "; nothing was written")
    }

    /// From its first range deletion on, the reads of a namespace look for them.
    func prepareForRangeDeletions() throws(StoreError) {
        let isPrepared = try slot.withColumnFamily(.deleteRange) { (columnFamily) throws(EngineFailure) in
            columnFamily.hasRangeDeletions
        }
        guard !isPrepared else { return }
        try store.noteRangeDeletions(slot)
        // No read may be under way that does not look for them.
        try slot.quiesced(.deleteRange) { (columnFamily) throws(StoreError) in columnFamily.beginRangeDeletions() }
    }
}
