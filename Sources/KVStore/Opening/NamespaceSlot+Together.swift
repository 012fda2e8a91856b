internal import Glibc

/// What is done to several slots at once, which are stopped in one order: see ``LockRank``.
extension NamespaceSlot {
    /// Slots in the order in which they are to be stopped: those of namespaces, then those of the metadata database,
    /// since opening a namespace asks the catalog.
    static func inOrder(_ slots: [NamespaceSlot]) -> [NamespaceSlot] {
        slots.sorted { ($0.rank, $0.order) < ($1.rank, $1.order) }
    }

    /// Runs `body` while slots are stopped, in the order in which they were.
    static func whileStopped<Result>(
        _ slots: [NamespaceSlot], _ body: ([NamespaceSlot]) throws(StoreError) -> Result
    ) throws(StoreError) -> Result {
        let slots = inOrder(slots)
        for slot in slots { slot.stop() }
        defer { for slot in slots.reversed() { slot.goOn() } }
        return try body(slots)
    }

    /// Lets the column families of slots that share a database go if all that uses them ends in time; the next call
    /// opens it again. New calls wait meanwhile.
    ///
    /// - Parameters:
    ///   - prepare: what to do before with one of those that are open; all stay when it throws.
    ///   - closing: told of each that is let go.
    ///   - body: called when they are gone and before any can be opened again.
    /// - Returns: nil when they are in use, or what `body` returns.
    static func closeIfIdle<Result>(
        _ slots: [NamespaceSlot], until deadline: UInt64, _ prepare: (ColumnFamily) throws(StoreError) -> Void,
        closing: (NamespaceSlot, ColumnFamily) -> Void, _ body: () -> Result
    ) throws(StoreError) -> Result? {
        try whileStopped(slots) { (slots) throws(StoreError) in
            for slot in slots {
                guard !slot.hasEnded else { return nil }
                slot.holdBack(with: slots)
            }
            while !areUnused(slots) {
                guard MonotonicClock.now < deadline else { return nil }
                usleep(200)
            }
            if let columnFamily = slots.lazy.compactMap(\.columnFamily).first { try prepare(columnFamily) }
            for slot in slots {
                guard let columnFamily = slot.columnFamily else { continue }
                closing(slot, columnFamily)
                slot.letGoUnused()
            }
            return body()
        }
    }

    /// Runs `body` while no call is inside any of the slots and none is opened or closed; calls wait meanwhile.
    ///
    /// The log of each is synced once its calls have ended: the log syncer cannot get at it until this is over, and
    /// what was committed last may have waited already.
    ///
    /// - Parameter body: gets the column families, nil for each slot that is not open.
    static func stopped(
        _ slots: [NamespaceSlot], _ operation: StoreError.Operation,
        _ body: ([ColumnFamily?]) throws(StoreError) -> Void
    ) throws(StoreError) {
        try whileStopped(slots) { (stopped) throws(StoreError) in
            // So far calls still passed the gates that are open: the stop begins with the draining.
            for slot in stopped {
                slot.drain()
                try slot.checkOpen(operation)
                guard let database = slot.columnFamily?.database, database.log.isUnsynced else { continue }
                do throws(EngineFailure) { try database.syncLog() } catch { throw slot.context.error(error, operation) }
            }
            try body(slots.map(\.columnFamily))
        }
    }

    /// Opens the column families of slots that share a database anew where a writer has changed it, and puts them in
    /// the place of the ones that are open. Calls go on meanwhile; cursors and pinned values keep what they read.
    ///
    /// - Parameter prepare: called before the first is opened.
    static func refresh(
        _ slots: [NamespaceSlot], _ operation: StoreError.Operation, _ prepare: () -> Void = {}
    ) throws(StoreError) {
        try whileStopped(slots) { (slots) throws(StoreError) in
            for slot in slots { try slot.checkOpen(operation) }
            guard slots.contains(where: { $0.columnFamily?.database.isOutdated == true }) else { return }
            prepare()
            var opened: [ColumnFamily] = []
            for slot in slots { opened.append(try slot.open(slot)) }
            for (slot, columnFamily) in zip(slots, opened) {
                slot.drain()
                try slot.checkOpen(operation)
                slot.columnFamily?.snapshots.releaseAll()
                slot.replaceColumnFamily(columnFamily)
            }
        }
    }
}
