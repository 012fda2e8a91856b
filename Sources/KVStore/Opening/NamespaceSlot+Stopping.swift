internal import Glibc
internal import Synchronization

/// Opening and closing: what one thread at a time does, which has stopped the slot.
extension NamespaceSlot {
    /// Waits until no other thread has the slot stopped, and stops it. Calls go on passing until the gate is closed.
    func stop() {
        #if DEBUG
            HeldLocks.checkWait(rank, order)
        #endif
        state.withLock {
            while isStopped { changed.wait(state) }
            isStopped = true
        }
        #if DEBUG
            HeldLocks.note(rank, order)
        #endif
    }

    /// Stops the slot unless another thread has.
    private func tryToStop() -> Bool {
        let stopped = state.withLock {
            defer { isStopped = true }
            return !isStopped
        }
        #if DEBUG
            if stopped { HeldLocks.note(rank, order) }
        #endif
        return stopped
    }

    /// Lets calls pass where there is a column family to be used, and other threads stop the slot. Nobody else opens a
    /// gate.
    func goOn() {
        #if DEBUG
            HeldLocks.forget(rank, order)
        #endif
        state.withLock {
            isStopped = false
            isDrained = false
            heldBack = []
            if columnFamily != nil, ending == nil { gate.open() }
            gate.endHoldingBack()
            changed.broadcast()
        }
    }

    /// Closes the gate and waits for the calls inside.
    func drain() {
        gate.shut()
        state.withLock {
            while !gate.isShutAndEmpty { changed.wait(state) }
            isDrained = true
        }
    }

    /// Closes the gate; false when calls are inside.
    private func drainIfIdle() -> Bool {
        gate.close()
        return state.withLock {
            isDrained = ending == nil && gate.isShutAndEmpty
            return isDrained
        }
    }

    /// Puts another column family, or none, in the place of the one that is there.
    func replaceColumnFamily(_ new: ColumnFamily?) {
        var columnFamily = new
        state.withLock { swap(&self.columnFamily, &columnFamily) }
        // Closing a database is not for the lock to wait for.
        withExtendedLifetime(columnFamily) {}
    }

    /// Throws when it takes no more calls.
    func checkOpen(_ operation: StoreError.Operation) throws(StoreError) {
        if let ending = state.withLock({ ending }) { throw context.gone(ending, operation) }
    }

    /// Waits while another thread has it stopped.
    func waitWhileStopped() {
        #if DEBUG
            HeldLocks.checkWait(rank, order)
        #endif
        state.withLock { while isStopped { changed.wait(state) } }
    }

    /// Opens the column family unless it is.
    ///
    /// - Returns: whether the caller has passed the closed gate, as a thread that is awaited.
    @inline(never)
    func openNow(_ operation: StoreError.Operation) throws(StoreError) -> Bool {
        if ForkedChild.isThisProcess { throw .forked(operation, context) }
        #if DEBUG
            HeldLocks.checkWait(rank, order)
        #endif
        var looked = 0
        waiting: while true {
            switch mayOpen(&looked) {
            case .hasEnded(let ending): throw context.gone(ending, operation)
            case .isOpen: return false
            case .isHeldBack: if enterBesideHolding() { return true }
            case .isStopped: break waiting
            }
        }
        #if DEBUG
            HeldLocks.note(rank, order)
        #endif
        defer { goOn() }
        replaceColumnFamily(try open(self))
        return false
    }

    private enum Opening {
        case isOpen, isHeldBack, isStopped
        case hasEnded(StoreError.Code)
    }

    /// Stops the slot if it has no column family. Waits while another thread has it stopped.
    private func mayOpen(_ looked: inout Int) -> Opening {
        state.lock()
        defer { state.unlock() }
        while true {
            if let ending { return .hasEnded(ending) }
            guard isStopped else {
                if columnFamily != nil { return .isOpen }
                isStopped = true
                return .isStopped
            }
            if !heldBack.isEmpty, looked != timesHeldBack {
                looked = timesHeldBack
                return .isHeldBack
            }
            changed.wait(state)
        }
    }

    /// Refuses new calls for good and does not wait for those inside; ``close(_:_:_:)`` does.
    func end(_ code: StoreError.Code) {
        let columnFamily = state.withLock {
            if ending == nil { ending = code }
            gate.close()
            self.columnFamily?.end(endingOfColumnFamily)
            changed.broadcast()
            return self.columnFamily
        }
        // Who asked for one may wait for hours, for nothing.
        if let columnFamily, columnFamily.isAlone { columnFamily.database.endCompactions() }
    }

    /// Refuses new calls for good, waits for those inside, and lets the column family go after `body` has used it last.
    func close(
        _ code: StoreError.Code, _ operation: StoreError.Operation,
        _ body: (ColumnFamily) throws(EngineFailure) -> Void = { (_) throws(EngineFailure) in }
    ) throws(StoreError) {
        state.withLock {
            if ending == nil { ending = code }
            changed.broadcast()
        }
        stop()
        defer { goOn() }
        drain()
        defer { letGo() }
        do throws(EngineFailure) {
            try use(body)
        } catch {
            throw context.error(error, operation)
        }
    }

    /// Calls `body` with the column family, if there is one, and holds it no longer.
    @inline(never)
    private func use(_ body: (ColumnFamily) throws(EngineFailure) -> Void) throws(EngineFailure) {
        if let columnFamily { try body(columnFamily) }
    }

    /// Lets the column family go if no call, cursor, snapshot or pinned value uses it; the next call opens it again.
    ///
    /// - Parameters:
    ///   - body: what to do before; the column family stays when it throws.
    ///   - closed: called when it was let go and before it can be opened again.
    /// - Returns: whether it was let go.
    func closeIfIdle(
        _ body: (ColumnFamily) throws(EngineFailure) -> Void, closed: () -> Void
    ) throws(EngineFailure) -> Bool {
        guard tryToStop() else { return false }
        defer { goOn() }
        guard columnFamily != nil, drainIfIdle(), isColumnFamilyUnshared, columnFamily?.hasBackgroundWork == false
        else {
            return false
        }
        try use(body)
        replaceColumnFamily(nil)
        closed()
        return true
    }

    /// Whether nothing but the slot refers to the column family, and nothing to what is in it.
    var isColumnFamilyUnshared: Bool {
        isKnownUniquelyReferenced(&columnFamily) && columnFamily?.isPinned == false
    }

    /// Runs `body` while no call is inside; they wait meanwhile.
    func quiesced(
        _ operation: StoreError.Operation, _ body: (ColumnFamily) throws(StoreError) -> Void
    ) throws(StoreError) {
        try withColumnFamily(operation) { (_) throws(EngineFailure) in }
        stop()
        defer { goOn() }
        drain()
        try checkOpen(operation)
        guard let columnFamily else { return }
        try body(columnFamily)
    }

    /// Runs `body` with the column family, nil when it is not open, while it is neither opened nor closed; calls go on.
    func withColumnFamilyAsItIs<Result>(
        _ operation: StoreError.Operation, _ body: (ColumnFamily?) throws(EngineFailure) -> Result
    ) throws(StoreError) -> Result {
        if ForkedChild.isThisProcess { throw .forked(operation, context) }
        stop()
        defer { goOn() }
        try checkOpen(operation)
        do throws(EngineFailure) {
            return try body(columnFamily)
        } catch {
            throw context.error(error, operation)
        }
    }

    func letGo() {
        columnFamily?.snapshots.releaseAll()
        columnFamily?.end(endingOfColumnFamily)
        replaceColumnFamily(nil)
    }

    private var endingOfColumnFamily: ColumnFamilyEnding {
        switch ending {
        case nil: .reopened
        case .closed: .closed
        default: .dropped
        }
    }

    // MARK: Calls of who holds the column family

    /// Keeps calls out but those that are awaited, of threads that hold the column family of one of the slots.
    func holdBack(with slots: [NamespaceSlot]) {
        guard columnFamily != nil else { return }
        state.withLock {
            heldBack = slots
            timesHeldBack += 1
            gate.holdBack()
            changed.broadcast()
        }
    }

    /// Passes a gate that is held back, on a thread that is awaited: its update, transaction or load calls something
    /// else.
    @inline(never)
    func enterBesideHolding() -> Bool {
        let slots = state.withLock { heldBack }
        guard slots.contains(where: \.isHeldByThread) else { return false }
        return state.withLock {
            guard gate.isHeldBack else { return false }
            gate.enterClosed()
            return true
        }
    }

    /// Whether an update, a transaction or a load runs on the calling thread.
    var isHeldByThread: Bool {
        let thread = UInt(pthread_self())
        guard let columnFamily = state.withLock({ columnFamily }) else { return false }
        return columnFamily.updates.isRun(by: thread) || columnFamily.uses.isRun(by: thread)
    }

    /// Whether nothing uses the column family, after ``holdBack(with:)``.
    var isUnused: Bool { columnFamily == nil || !gate.isInside && isColumnFamilyUnshared }

    /// Lets the column family go, which is unused.
    func letGoUnused() {
        // A syncer of logs may have come in, and goes at once.
        drain()
        replaceColumnFamily(nil)
    }

    /// Whether nothing uses the column families of slots whose calls are held back: once it is so it stays so.
    static func areUnused(_ slots: [NamespaceSlot]) -> Bool {
        // Twice, since a thread that was awaited may come into one that was looked at before.
        slots.allSatisfy(\.isUnused) && slots.allSatisfy(\.isUnused)
    }
}
