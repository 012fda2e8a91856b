internal import Glibc
internal import Synchronization

/// Opening and closing: what one thread at a time does, which has stopped the slot.
extension KeyspaceSlot {
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

    /// Lets calls pass where there is a keyspace to be used, and other threads stop the slot. Nobody else opens a gate.
    func goOn() {
        #if DEBUG
            HeldLocks.forget(rank, order)
        #endif
        state.withLock {
            isStopped = false
            isDrained = false
            heldBack = []
            if keyspace != nil, ending == nil { gate.bitwiseOr(Self.openBit, ordering: .acquiringAndReleasing) }
            gate.bitwiseAnd(~Self.heldBit, ordering: .acquiringAndReleasing)
            changed.broadcast()
        }
    }

    /// Closes the gate and waits for the calls inside.
    func drain() {
        gate.bitwiseAnd(~(Self.openBit | Self.heldBit), ordering: .acquiringAndReleasing)
        state.withLock {
            while gate.load(ordering: .acquiring) != 0 { changed.wait(state) }
            isDrained = true
        }
    }

    /// Closes the gate; false when calls are inside.
    private func drainIfIdle() -> Bool {
        gate.bitwiseAnd(~Self.openBit, ordering: .acquiringAndReleasing)
        return state.withLock {
            isDrained = ending == nil && gate.load(ordering: .acquiring) == 0
            return isDrained
        }
    }

    /// Puts another keyspace, or none, in the place of the one that is there.
    func replaceKeyspace(_ new: Keyspace?) {
        var keyspace = new
        state.withLock { swap(&self.keyspace, &keyspace) }
        // Closing a database is not for the lock to wait for.
        withExtendedLifetime(keyspace) {}
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

    /// Opens the keyspace unless it is.
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
        replaceKeyspace(try open(self))
        return false
    }

    private enum Opening {
        case isOpen, isHeldBack, isStopped
        case hasEnded(StoreError.Code)
    }

    /// Stops the slot if it has no keyspace. Waits while another thread has it stopped.
    private func mayOpen(_ looked: inout Int) -> Opening {
        state.lock()
        defer { state.unlock() }
        while true {
            if let ending { return .hasEnded(ending) }
            guard isStopped else {
                if keyspace != nil { return .isOpen }
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
        let keyspace = state.withLock {
            if ending == nil { ending = code }
            gate.bitwiseAnd(~Self.openBit, ordering: .acquiringAndReleasing)
            self.keyspace?.end(endingOfKeyspace)
            changed.broadcast()
            return self.keyspace
        }
        // Who asked for one may wait for hours, for nothing.
        if let keyspace, keyspace.isAlone { keyspace.database.endCompactions() }
    }

    /// Refuses new calls for good, waits for those inside, and lets the keyspace go after `body` has used it last.
    func close(
        _ code: StoreError.Code, _ operation: StoreError.Operation,
        _ body: (Keyspace) throws(EngineFailure) -> Void = { (_) throws(EngineFailure) in }
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

    /// Calls `body` with the keyspace, if there is one, and holds it no longer.
    @inline(never)
    private func use(_ body: (Keyspace) throws(EngineFailure) -> Void) throws(EngineFailure) {
        if let keyspace { try body(keyspace) }
    }

    /// Lets the keyspace go if no call, cursor, snapshot or pinned value uses it; the next call opens it again.
    ///
    /// - Parameters:
    ///   - body: what to do before; the keyspace stays when it throws.
    ///   - closed: called when it was let go and before it can be opened again.
    /// - Returns: whether it was let go.
    func closeIfIdle(
        _ body: (Keyspace) throws(EngineFailure) -> Void, closed: () -> Void
    ) throws(EngineFailure) -> Bool {
        guard tryToStop() else { return false }
        defer { goOn() }
        guard keyspace != nil, drainIfIdle(), isKeyspaceUnshared, keyspace?.hasBackgroundWork == false else {
            return false
        }
        try use(body)
        replaceKeyspace(nil)
        closed()
        return true
    }

    /// Whether nothing but the slot refers to the keyspace, and nothing to what is in it.
    var isKeyspaceUnshared: Bool {
        isKnownUniquelyReferenced(&keyspace) && keyspace?.isPinned == false
    }

    /// Runs `body` while no call is inside; they wait meanwhile.
    func quiesced(
        _ operation: StoreError.Operation, _ body: (Keyspace) throws(StoreError) -> Void
    ) throws(StoreError) {
        try withKeyspace(operation) { (_) throws(EngineFailure) in }
        stop()
        defer { goOn() }
        drain()
        try checkOpen(operation)
        guard let keyspace else { return }
        try body(keyspace)
    }

    /// Runs `body` with the keyspace, nil when it is not open, while it is neither opened nor closed; calls go on.
    func withKeyspaceAsItIs<Result>(
        _ operation: StoreError.Operation, _ body: (Keyspace?) throws(EngineFailure) -> Result
    ) throws(StoreError) -> Result {
        if ForkedChild.isThisProcess { throw .forked(operation, context) }
        stop()
        defer { goOn() }
        try checkOpen(operation)
        do throws(EngineFailure) {
            return try body(keyspace)
        } catch {
            throw context.error(error, operation)
        }
    }

    func letGo() {
        keyspace?.snapshots.releaseAll()
        keyspace?.end(endingOfKeyspace)
        replaceKeyspace(nil)
    }

    private var endingOfKeyspace: KeyspaceEnding {
        switch ending {
        case nil: .reopened
        case .closed: .closed
        default: .dropped
        }
    }

    // MARK: Calls of who holds the keyspace

    /// Keeps calls out but those that are awaited, of threads that hold the keyspace of one of the slots.
    func holdBack(with slots: [KeyspaceSlot]) {
        guard keyspace != nil else { return }
        state.withLock {
            heldBack = slots
            timesHeldBack += 1
            gate.bitwiseOr(Self.heldBit, ordering: .acquiringAndReleasing)
            gate.bitwiseAnd(~Self.openBit, ordering: .acquiringAndReleasing)
            changed.broadcast()
        }
    }

    /// Passes a gate that is held back, on a thread that is awaited: its update, transaction or load calls something else.
    @inline(never)
    func enterBesideHolding() -> Bool {
        let slots = state.withLock { heldBack }
        guard slots.contains(where: \.isHeldByThread) else { return false }
        return state.withLock {
            guard gate.load(ordering: .relaxed) & Self.heldBit != 0 else { return false }
            gate.wrappingAdd(1, ordering: .acquiringAndReleasing)
            return true
        }
    }

    /// Whether an update, a transaction or a load runs on the calling thread.
    var isHeldByThread: Bool {
        let thread = UInt(pthread_self())
        guard let keyspace = state.withLock({ keyspace }) else { return false }
        return keyspace.updates.isRun(by: thread) || keyspace.uses.isRun(by: thread)
    }

    /// Whether calls are inside.
    var isInside: Bool { gate.load(ordering: .acquiring) & ~(Self.openBit | Self.heldBit) != 0 }

    /// Whether nothing uses the keyspace, after ``holdBack(with:)``.
    var isUnused: Bool { keyspace == nil || !isInside && isKeyspaceUnshared }

    /// Lets the keyspace go, which is unused.
    func letGoUnused() {
        // A syncer of logs may have come in, and goes at once.
        drain()
        replaceKeyspace(nil)
    }

    /// Whether nothing uses the keyspaces of slots whose calls are held back: once it is so it stays so.
    static func areUnused(_ slots: [KeyspaceSlot]) -> Bool {
        // Twice, since a thread that was awaited may come into one that was looked at before.
        slots.allSatisfy(\.isUnused) && slots.allSatisfy(\.isUnused)
    }
}
