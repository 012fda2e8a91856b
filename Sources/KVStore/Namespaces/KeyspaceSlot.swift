internal import Glibc
internal import Synchronization

/// The place where a namespace's keyspace is while it is open, and the gate that calls pass.
///
/// The gate is one word: how many calls are inside, and whether the keyspace is open. Passing it is one atomic
/// addition, and another on the way out. Closing takes the open bit away and waits for the calls inside. What lives
/// longer than a call (a cursor, a pinned value, a snapshot) holds the keyspace itself.
final class KeyspaceSlot: @unchecked Sendable {  // `keyspace` is guarded by the gate, the rest by `lock`
    private static let openBit: UInt64 = 1 << 63
    /// Closed, but not to who holds the keyspace since an earlier call.
    private static let heldBit: UInt64 = 1 << 62

    /// What errors name.
    let context: ErrorContext
    /// The namespace's entry in the catalog; nil for the metadata database.
    let record: LiveRecord?
    /// The number of the namespace in the catalog; zero for the metadata database.
    let id: UInt64
    /// How its values stand in the database.
    let format: ValueFormat
    private let gate = Atomic<UInt64>(0)
    let lock = Lock()
    private let changed = Condition()
    /// Whether somebody waits for the calls inside; who wants in waits until it is over.
    private var isDraining = false
    /// Changed with the lock held and nobody inside. The gate keeps writers apart from readers; the runtime's check for that
    /// was a third of what a read costs here.
    @exclusivity(unchecked) nonisolated(unsafe) var keyspace: Keyspace?
    private(set) var ending: StoreError.Code?
    let open: @Sendable (KeyspaceSlot) throws(StoreError) -> Keyspace
    /// The commits of tasks, and their updates, which outlive a keyspace that is closed to make room.
    let commits = CommitQueue()
    let asyncUpdates = GatheringQueue<UpdateRequest>(maxTogether: 1024)
    /// Held by a compaction that was asked for, the one call that can take hours.
    let compactions = Lock()
    /// Whether it was used since the pool last looked, and since its use was last noted: a bit each.
    private let used = Atomic<UInt8>(0)
    private static let usedForPool: UInt8 = 1
    private static let usedForNote: UInt8 = 2
    private static let usedForAll: UInt8 = 3
    /// Its place among the slots that are open, and the descriptors that it may take; the pool's, guarded by the pool's
    /// lock.
    var openIndex: Int?
    var descriptors = 0

    /// - Parameter open: opens the keyspace; called by one thread at a time, whenever it is needed and not open.
    init(
        _ context: ErrorContext, record: LiveRecord? = nil, format: ValueFormat = .plain,
        open: @escaping @Sendable (KeyspaceSlot) throws(StoreError) -> Keyspace
    ) {
        self.context = context
        self.record = record
        id = record?.current.id ?? 0
        self.format = format
        self.open = open
        ForkedChild.add(self)
    }

    deinit { ForkedChild.remove(self) }

    /// Closes the gate for good, and has nobody who leaves it think to be the last one inside, who tells others.
    func endInForkedChild() { gate.store(1 << 32, ordering: .relaxed) }

    // MARK: Calls

    /// Runs a call with the keyspace, opened first where needed. The body must not run code of the user's: closing
    /// waits for it.
    @inline(__always)
    func withKeyspace<Result: ~Copyable>(
        _ operation: StoreError.Operation, _ body: (Keyspace) throws(EngineFailure) -> Result
    ) throws(StoreError) -> Result {
        try withKeyspace(passing: Self.openBit, operation, body)
    }

    /// Runs a call of somebody who holds the keyspace already: passes while the slot waits for him to let it go.
    func withHeldKeyspace<Result>(
        _ operation: StoreError.Operation, _ body: (Keyspace) throws(EngineFailure) -> Result
    ) throws(StoreError) -> Result {
        try withKeyspace(passing: Self.openBit | Self.heldBit, operation, body)
    }

    /// - Parameter bits: one of which lets the call pass.
    @inline(__always)
    private func withKeyspace<Result: ~Copyable>(
        passing bits: UInt64, _ operation: StoreError.Operation,
        _ body: (Keyspace) throws(EngineFailure) -> Result
    ) throws(StoreError) -> Result {
        while gate.wrappingAdd(1, ordering: .acquiringAndReleasing).oldValue & bits == 0 {
            leave()
            try openNow(operation)
        }
        defer { leave() }
        noteUse()
        do throws(EngineFailure) {
            return try withOpenKeyspace(body)
        } catch {
            throw context.error(error, operation)
        }
    }

    /// Runs `body` with the keyspace if it is open; nil when it is not. Never waits for anything but `body`.
    @inline(__always)
    func withKeyspaceIfOpen<Result: ~Copyable>(
        _ operation: StoreError.Operation, _ body: (Keyspace) throws(EngineFailure) -> Result?
    ) throws(StoreError) -> Result? {
        guard enterIfOpen() else { return nil }
        defer { leave() }
        noteUse()
        do throws(EngineFailure) {
            return try withOpenKeyspace(body)
        } catch {
            throw context.error(error, operation)
        }
    }

    /// Runs `body` with the keyspace if it is open, which does not count as a use; nil when it is not.
    func withKeyspaceAside<Result>(
        _ operation: StoreError.Operation, _ body: (Keyspace) throws(EngineFailure) -> Result
    ) throws(StoreError) -> Result? {
        guard enterIfOpen() else { return nil }
        defer { leave() }
        do throws(EngineFailure) {
            return try body(keyspace.unsafelyUnwrapped)
        } catch {
            throw context.error(error, operation)
        }
    }

    /// Runs `body` with the keyspace, nil when it is not open, while it is neither opened nor closed; calls go on.
    func withKeyspaceAsItIs<Result>(
        _ operation: StoreError.Operation, _ body: (Keyspace?) throws(EngineFailure) -> Result
    ) throws(StoreError) -> Result {
        if ForkedChild.isThisProcess { throw .forked(operation, context) }
        lock.lock()
        defer { lock.unlock() }
        if let ending { throw context.gone(ending, operation) }
        do throws(EngineFailure) {
            return try body(keyspace)
        } catch {
            throw context.error(error, operation)
        }
    }

    /// Runs `body` with the keyspace, from inside the gate, which keeps it: no reference is counted.
    @inline(__always)
    private func withOpenKeyspace<Result: ~Copyable>(
        _ body: (Keyspace) throws(EngineFailure) -> Result
    ) throws(EngineFailure) -> Result {
        try body(Unmanaged.passUnretained(keyspace.unsafelyUnwrapped)._withUnsafeGuaranteedRef { $0 })
    }

    /// Runs a call with the keyspaces of several slots.
    ///
    /// Never waits for one gate while inside another: whoever stops several slots may hold the one and wait for the other.
    static func withKeyspaces<Result>(
        of slots: [KeyspaceSlot], _ operation: StoreError.Operation,
        _ body: ([Keyspace]) throws(EngineFailure) -> Result
    ) throws(StoreError) -> Result {
        while true {
            var entered = 0
            defer { for slot in slots[..<entered] { slot.leave() } }
            while entered < slots.count, slots[entered].enterIfOpen() { entered += 1 }
            if entered == slots.count {
                do throws(EngineFailure) {
                    return try body(slots.map(\.keyspace.unsafelyUnwrapped))
                } catch {
                    throw slots[0].context.error(error, operation)
                }
            }
            let closed = slots[entered]
            for slot in slots[..<entered] { slot.leave() }
            entered = 0
            try closed.withKeyspace(operation) { (_) throws(EngineFailure) in }
        }
    }

    /// Syncs the log of the keyspace as far as it is written, if it is open and has something to sync.
    ///
    /// - Parameter waits: whether to wait for a keyspace that is just being closed or changed.
    func syncLog(waits: Bool, _ synced: (Keyspace) -> Void = { _ in }) throws(StoreError) -> LogSync {
        func sync(_ keyspace: Keyspace) throws(EngineFailure) -> LogSync {
            let log = keyspace.database.log
            if let failure = log.failure { throw failure }
            if log.isUnsynced { try keyspace.database.syncLog() }
            synced(keyspace)
            return .done
        }
        while true {
            if let outcome = try withKeyspaceAside(.sync, sync) { return outcome }
            guard waits else {
                // Whoever holds the lock is opening or closing; one that opens has nothing to sync, but who can tell.
                guard lock.tryLock() else { return .busy }
                defer { lock.unlock() }
                // Who drains it waits without the lock, for calls that may take long; commits of before need not.
                do throws(EngineFailure) {
                    return try keyspace.map(sync) ?? .closed
                } catch {
                    throw context.error(error, .sync)
                }
            }
            lock.lock()
            while isDraining { changed.wait(lock) }
            let isGone = keyspace == nil
            lock.unlock()
            if isGone { return .closed }
        }
    }

    /// Passes the gate if it is open, and leaves it untouched if not: leaving a closed one can wait for its lock.
    @inline(__always)
    private func enterIfOpen() -> Bool {
        var old = gate.load(ordering: .relaxed)
        while old & Self.openBit != 0 {
            let (exchanged, original) = gate.weakCompareExchange(
                expected: old, desired: old + 1, ordering: .acquiringAndReleasing)
            if exchanged { return true }
            old = original
        }
        return false
    }

    @inline(__always)
    private func leave() {
        // The last one out of a closing gate tells the one who waits.
        if gate.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue == 0 { wakeCloser() }
    }

    @inline(never)
    private func wakeCloser() {
        lock.withLock { changed.broadcast() }
    }

    // MARK: Opening and closing

    var isOpen: Bool { gate.load(ordering: .relaxed) & Self.openBit != 0 }

    /// Whether it is closed for good, as far as can be told without waiting.
    var hasEnded: Bool {
        guard lock.tryLock() else { return false }
        defer { lock.unlock() }
        return ending != nil
    }

    @inline(__always)
    private func noteUse() {
        if used.load(ordering: .relaxed) != Self.usedForAll { used.store(Self.usedForAll, ordering: .relaxed) }
    }

    /// Whether it was used since the pool last asked.
    func takeUsed() -> Bool {
        used.bitwiseAnd(~Self.usedForPool, ordering: .relaxed).oldValue & Self.usedForPool != 0
    }

    /// Whether it was used since its use was last noted.
    var isUsedSinceNoted: Bool { used.load(ordering: .relaxed) & Self.usedForNote != 0 }

    /// The same, for who notes it now.
    func takeUsedSinceNoted() -> Bool {
        used.bitwiseAnd(~Self.usedForNote, ordering: .relaxed).oldValue & Self.usedForNote != 0
    }

    /// Opens the keyspace unless it is.
    @inline(never)
    private func openNow(_ operation: StoreError.Operation) throws(StoreError) {
        if ForkedChild.isThisProcess { throw .forked(operation, context) }
        lock.lock()
        defer { lock.unlock() }
        while isDraining, ending == nil { changed.wait(lock) }
        if let ending { throw context.gone(ending, operation) }
        guard keyspace == nil else { return }
        keyspace = try open(self)
        openGate()
    }

    /// Refuses new calls for good and does not wait for those inside; ``close(_:_:_:)`` does.
    func end(_ code: StoreError.Code) {
        lock.withLock {
            if ending == nil { ending = code }
            gate.bitwiseAnd(~Self.openBit, ordering: .acquiringAndReleasing)
            keyspace?.end(endingOfKeyspace)
            // Who asked for one may wait for hours, for nothing.
            if let keyspace, keyspace.isAlone { keyspace.database.endCompactions() }
        }
    }

    /// Refuses new calls for good, waits for those inside, and lets the keyspace go after `body` has used it last.
    func close(
        _ code: StoreError.Code, _ operation: StoreError.Operation,
        _ body: (Keyspace) throws(EngineFailure) -> Void = { (_) throws(EngineFailure) in }
    ) throws(StoreError) {
        lock.lock()
        defer { lock.unlock() }
        if ending == nil { ending = code }
        drain()
        guard let keyspace else { return }
        defer { letGo() }
        do throws(EngineFailure) {
            try body(keyspace)
        } catch {
            throw context.error(error, operation)
        }
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
        guard lock.tryLock() else { return false }
        defer { lock.unlock() }
        guard keyspace != nil else { return false }
        let inside = gate.bitwiseAnd(~Self.openBit, ordering: .acquiringAndReleasing).newValue
        guard inside == 0, ending == nil, isKnownUniquelyReferenced(&keyspace), let unused = keyspace,
            !unused.hasBackgroundWork
        else {
            if ending == nil { openGate() }
            return false
        }
        do throws(EngineFailure) {
            try body(unused)
        } catch {
            openGate()
            throw error
        }
        keyspace = nil
        closed()
        return true
    }

    /// Runs `body` while no call is inside; they wait meanwhile.
    func quiesced(
        _ operation: StoreError.Operation, _ body: (Keyspace) throws(StoreError) -> Void
    ) throws(StoreError) {
        try withKeyspace(operation) { (_) throws(EngineFailure) in }
        lock.lock()
        defer { lock.unlock() }
        drain()
        if let ending { throw context.gone(ending, operation) }
        guard let keyspace else { return }
        defer { openGate() }
        try body(keyspace)
    }

    func openGate() {
        gate.bitwiseOr(Self.openBit, ordering: .acquiringAndReleasing)
        gate.bitwiseAnd(~Self.heldBit, ordering: .acquiringAndReleasing)
    }

    /// Takes the open bit away and waits for the calls inside. The lock is held, and given up while waiting.
    func drain() {
        while isDraining { changed.wait(lock) }
        isDraining = true
        gate.bitwiseAnd(~Self.openBit, ordering: .acquiringAndReleasing)
        while gate.load(ordering: .acquiring) != 0 { changed.wait(lock) }
        isDraining = false
        changed.broadcast()
    }

    /// Keeps calls out but those of who holds the keyspace; false when somebody is closing it. The lock is held until
    /// ``openGate()`` or ``letGoUnused()``.
    func holdBack() -> Bool {
        guard !isDraining, ending == nil else { return false }
        guard keyspace != nil else { return true }
        gate.bitwiseOr(Self.heldBit, ordering: .acquiringAndReleasing)
        gate.bitwiseAnd(~Self.openBit, ordering: .acquiringAndReleasing)
        return true
    }

    /// Whether nothing uses the keyspace any more, after ``holdBack()``: once it is so it stays so.
    var isUnused: Bool {
        keyspace == nil
            || gate.load(ordering: .acquiring) == Self.heldBit && isKnownUniquelyReferenced(&keyspace)
    }

    /// Lets the keyspace go, which is unused.
    func letGoUnused() {
        gate.bitwiseAnd(~Self.heldBit, ordering: .acquiringAndReleasing)
        // Who holds one of before may have come in, and goes at once.
        while gate.load(ordering: .acquiring) != 0 { sched_yield() }
        keyspace = nil
    }

    func letGo() {
        keyspace?.snapshots.releaseAll()
        keyspace?.end(endingOfKeyspace)
        keyspace = nil
    }

    private var endingOfKeyspace: KeyspaceEnding {
        switch ending {
        case nil: .reopened
        case .closed: .closed
        default: .dropped
        }
    }
}
