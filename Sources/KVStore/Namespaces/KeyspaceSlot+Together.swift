internal import Glibc

/// What is done to several slots at once. Whoever does it holds the catalog lock: two that lock the same slots in another
/// order would wait for each other.
extension KeyspaceSlot {
    /// Lets the keyspaces of slots that share a database go, once no call is inside, and opens them anew: the way back
    /// from a failed write.
    ///
    /// - Parameters:
    ///   - first: the one that is opened anew although it was not open.
    ///   - prepare: called between the two.
    static func reopen(
        _ first: KeyspaceSlot, _ others: [KeyspaceSlot], _ prepare: () -> Void = {}
    ) throws(StoreError) {
        let slots = [first] + others
        for slot in slots { slot.lock.lock() }
        defer { for slot in slots { slot.lock.unlock() } }
        for slot in slots {
            slot.drain()
            if let ending = slot.ending { throw slot.context.gone(ending, .reopen) }
        }
        let open = slots.filter { $0 === first || $0.keyspace != nil }
        // What can still be synced is, so that receipts of before stay true.
        try? slots.lazy.compactMap(\.keyspace).first?.database.closeLog()
        for slot in slots { slot.letGo() }
        prepare()
        for slot in open {
            slot.keyspace = try slot.open(slot)
            slot.openGate()
        }
    }

    /// Lets the keyspaces of slots that share a database go if all that uses them ends in time; the next call opens it again.
    /// New calls wait meanwhile.
    ///
    /// - Parameters:
    ///   - prepare: what to do before with one of those that are open; all stay when it throws.
    ///   - closing: told of each that is let go.
    ///   - body: called when they are gone and before any can be opened again.
    /// - Returns: nil when they are in use, or what `body` returns.
    static func closeIfIdle<Result>(
        _ slots: [KeyspaceSlot], until deadline: UInt64, _ prepare: (Keyspace) throws(StoreError) -> Void,
        closing: (KeyspaceSlot, Keyspace) -> Void, _ body: () -> Result
    ) throws(StoreError) -> Result? {
        for slot in slots { slot.lock.lock() }
        defer { for slot in slots { slot.lock.unlock() } }
        var heldBack = 0
        defer { for slot in slots[..<heldBack] where slot.keyspace != nil { slot.openGate() } }
        for slot in slots {
            guard slot.holdBack() else { return nil }
            heldBack += 1
        }
        for slot in slots {
            while !slot.isUnused {
                guard MonotonicClock.now < deadline else { return nil }
                usleep(200)
            }
        }
        if let keyspace = slots.lazy.compactMap(\.keyspace).first { try prepare(keyspace) }
        for slot in slots {
            guard let keyspace = slot.keyspace else { continue }
            closing(slot, keyspace)
            slot.letGoUnused()
        }
        return body()
    }

    /// Runs `body` while no call is inside any of the slots and none is opened or closed; calls wait meanwhile.
    ///
    /// The slots of namespaces come first and those of the metadata database last: opening a namespace asks the catalog.
    /// The log of each is synced once its calls have ended: the log syncer cannot get at it until this is over, and what
    /// was committed last may have waited already.
    ///
    /// - Parameter body: gets the keyspaces, nil for each slot that is not open.
    static func stopped(
        _ slots: [KeyspaceSlot], _ operation: StoreError.Operation, _ body: ([Keyspace?]) throws(StoreError) -> Void
    ) throws(StoreError) {
        // With the locks held calls still pass the gates that are open: the stop begins with the draining.
        for slot in slots { slot.lock.lock() }
        defer { for slot in slots { slot.lock.unlock() } }
        defer { for slot in slots where slot.keyspace != nil && slot.ending == nil { slot.openGate() } }
        for slot in slots {
            slot.drain()
            if let ending = slot.ending { throw slot.context.gone(ending, operation) }
            guard let database = slot.keyspace?.database, database.log.isUnsynced else { continue }
            do throws(EngineFailure) { try database.syncLog() } catch { throw slot.context.error(error, operation) }
        }
        try body(slots.map(\.keyspace))
    }

    /// Opens the keyspaces of slots that share a database anew where a writer has changed it, and puts them in the place of
    /// the ones that are open. Calls go on meanwhile; cursors and pinned values keep what they read.
    ///
    /// - Parameter prepare: called before the first is opened.
    static func refresh(
        _ slots: [KeyspaceSlot], _ operation: StoreError.Operation, _ prepare: () -> Void = {}
    ) throws(StoreError) {
        for slot in slots { slot.lock.lock() }
        defer { for slot in slots { slot.lock.unlock() } }
        for slot in slots { if let ending = slot.ending { throw slot.context.gone(ending, operation) } }
        guard slots.contains(where: { $0.keyspace?.database.isOutdated == true }) else { return }
        prepare()
        var opened: [Keyspace] = []
        for slot in slots { opened.append(try slot.open(slot)) }
        defer { for slot in slots where slot.keyspace != nil && slot.ending == nil { slot.openGate() } }
        for (slot, keyspace) in zip(slots, opened) {
            slot.drain()
            if let ending = slot.ending { throw slot.context.gone(ending, operation) }
            slot.keyspace?.snapshots.releaseAll()
            slot.keyspace = keyspace
        }
    }
}
