internal import Glibc
internal import Synchronization

/// The place where a namespace's column family is while it is open. Calls come to it through the ``gate``.
///
/// A thread that opens, closes or changes the column family stops the slot first,
/// which one thread at a time can: it alone closes the gate, waits for the calls inside, and opens it again. Nobody
/// waits for a gate while inside another, and leaving one never waits: see ``LockRank``. What lives longer than a call
/// (a cursor, a pinned value, a snapshot) holds the column family itself.
final class NamespaceSlot: @unchecked Sendable {  // `columnFamily` is guarded by the gate, the rest by `state`
    /// What errors name.
    let context: ErrorContext
    /// The namespace's entry in the catalog; nil for the metadata database.
    let record: CatalogEntry?
    /// The number of the namespace in the catalog; zero for the metadata database.
    let id: UInt64
    /// How its values stand in the database.
    let format: ValueFormat
    /// Where the slot stands in the order in which several are stopped.
    let rank: LockRank
    let order: UInt64
    let gate = NamespaceGate()
    /// Held for a moment each time: whoever leaves the gate takes it.
    let state = Lock(.innermost)
    let changed = Condition()
    /// Whether a thread has stopped the slot, for which others that want to wait. Guarded by `state`.
    var isStopped = false
    /// Whether that thread has seen the last call leave. Guarded by `state`.
    var isDrained = false
    /// With which slots its calls are held back, and how often that was begun. Guarded by `state`.
    var heldBack: [NamespaceSlot] = []
    var timesHeldBack = 0
    /// Changed with `state` held, by the thread that has stopped the slot, with nobody inside. The gate keeps writers
    /// apart from readers; the runtime's check for that was a third of what a read costs here.
    @exclusivity(unchecked) nonisolated(unsafe) var columnFamily: ColumnFamily?
    /// Why it takes no more calls. Guarded by `state`.
    var ending: StoreError.Code?
    let open: @Sendable (NamespaceSlot) throws(StoreError) -> ColumnFamily
    /// The commits of tasks, and their updates.
    let tasks = TaskQueues()
    /// Held by a compaction that was asked for, the one call that can take hours.
    let compactions: Lock
    let uses = UseMarks()
    /// Who is told how long calls took; nil when nobody asked, and then the clock is not looked at.
    let slowCalls: SlowCalls?
    /// Guarded by the pool's lock.
    var place = OpenNamespaces.Place()

    /// - Parameters:
    ///   - order: its place among the column families of the metadata database, for one of those.
    ///   - open: opens the column family; called by one thread at a time, whenever it is needed and not open.
    init(
        _ context: ErrorContext, record: CatalogEntry? = nil, format: ValueFormat = .plain, order: UInt64 = 0,
        slowCalls: SlowCalls? = nil,
        open: @escaping @Sendable (NamespaceSlot) throws(StoreError) -> ColumnFamily
    ) {
        self.context = context
        self.record = record
        self.slowCalls = slowCalls
        id = record?.current.id ?? 0
        self.format = format
        rank = record == nil ? .metadata : .namespace
        self.order = record == nil ? order : id
        compactions = Lock(.compaction, order: id)
        self.open = open
        ForkedChild.add(self) {
            Unmanaged<NamespaceSlot>.fromOpaque($0)._withUnsafeGuaranteedRef { $0.gate.endInForkedChild() }
        }
    }

    deinit { ForkedChild.remove(self) }

    // MARK: Calls

    /// Runs a call with the column family, opened first where needed. The body must not run code of the user's: closing
    /// waits for it.
    @inline(__always)
    func withColumnFamily<Result: ~Copyable>(
        _ operation: StoreError.Operation, _ body: (ColumnFamily) throws(EngineFailure) -> Result
    ) throws(StoreError) -> Result {
        try withColumnFamily(.all, operation, body)
    }

    /// Runs a call of somebody who holds the column family already: passes while the slot waits for him to let it go.
    func withHeldColumnFamily<Result: ~Copyable>(
        _ operation: StoreError.Operation, _ body: (ColumnFamily) throws(EngineFailure) -> Result
    ) throws(StoreError) -> Result {
        try withColumnFamily(.holders, operation, body)
    }

    @inline(__always)
    private func withColumnFamily<Result: ~Copyable>(
        _ callers: NamespaceGate.Callers, _ operation: StoreError.Operation,
        _ body: (ColumnFamily) throws(EngineFailure) -> Result
    ) throws(StoreError) -> Result {
        #if DEBUG
            HeldLocks.checkWait(.call, id)
        #endif
        let begun = slowCalls == nil ? 0 : MonotonicClock.now
        defer { if begun != 0 { tellIfSlow(operation, begun) } }
        while !gate.enter(callers) {
            leave()
            if try openNow(operation) { break }
        }
        noteInside()
        defer { leaveNoted() }
        uses.note()
        do throws(EngineFailure) {
            return try withOpenColumnFamily(body)
        } catch {
            throw context.error(error, operation)
        }
    }

    /// Runs `body` with the column family if it is open; nil when it is not. Never waits for anything but `body`.
    @inline(__always)
    func withColumnFamilyIfOpen<Result: ~Copyable>(
        _ operation: StoreError.Operation, _ body: (ColumnFamily) throws(EngineFailure) -> Result?
    ) throws(StoreError) -> Result? {
        guard gate.enterIfOpen() else { return nil }
        let begun = slowCalls == nil ? 0 : MonotonicClock.now
        defer { if begun != 0 { tellIfSlow(operation, begun) } }
        noteInside()
        defer { leaveNoted() }
        uses.note()
        do throws(EngineFailure) {
            return try withOpenColumnFamily(body)
        } catch {
            throw context.error(error, operation)
        }
    }

    /// Runs `body` with the column family if it is open, which does not count as a use; nil when it is not.
    func withColumnFamilyAside<Result>(
        _ operation: StoreError.Operation, _ body: (ColumnFamily) throws(EngineFailure) -> Result
    ) throws(StoreError) -> Result? {
        guard gate.enterIfOpen() else { return nil }
        return try runInside(operation, body)
    }

    /// Runs `body` inside the gate, which the caller has passed, and leaves it.
    private func runInside<Result>(
        _ operation: StoreError.Operation, _ body: (ColumnFamily) throws(EngineFailure) -> Result
    ) throws(StoreError) -> Result {
        noteInside()
        defer { leaveNoted() }
        do throws(EngineFailure) {
            return try body(columnFamily.unsafelyUnwrapped)
        } catch {
            throw context.error(error, operation)
        }
    }

    /// Runs `body` with the column family, from inside the gate, which keeps it: no reference is counted.
    @inline(__always)
    private func withOpenColumnFamily<Result: ~Copyable>(
        _ body: (ColumnFamily) throws(EngineFailure) -> Result
    ) throws(EngineFailure) -> Result {
        try body(Unmanaged.passUnretained(columnFamily.unsafelyUnwrapped)._withUnsafeGuaranteedRef { $0 })
    }

    /// Runs a call with the column families of several slots.
    ///
    /// Never waits for one gate while inside another: whoever stops several slots may hold the one and wait for the
    /// other.
    static func withColumnFamilies<Result>(
        of slots: [NamespaceSlot], _ operation: StoreError.Operation,
        _ body: ([ColumnFamily]) throws(EngineFailure) -> Result
    ) throws(StoreError) -> Result {
        let begun = slots.first?.slowCalls == nil ? 0 : MonotonicClock.now
        defer { if begun != 0 { slots.first?.tellIfSlow(operation, begun) } }
        while true {
            var entered = 0
            defer { for slot in slots[..<entered] { slot.leaveNoted() } }
            while entered < slots.count, slots[entered].gate.enterIfOpen() || slots[entered].enterBesideHolding() {
                slots[entered].noteInside()
                entered += 1
            }
            if entered == slots.count {
                do throws(EngineFailure) {
                    return try body(slots.map(\.columnFamily.unsafelyUnwrapped))
                } catch {
                    throw slots[0].context.error(error, operation)
                }
            }
            let closed = slots[entered]
            for slot in slots[..<entered] { slot.leaveNoted() }
            entered = 0
            try closed.withColumnFamily(operation) { (_) throws(EngineFailure) in }
        }
    }

    /// Syncs the log of the column family as far as it is written, if it is open and has something to sync.
    ///
    /// - Parameter waits: whether to wait for a column family that is just being opened, closed or changed.
    func syncLog(waits: Bool, _ synced: (ColumnFamily) -> Void = { _ in }) throws(StoreError) -> SyncOutcome {
        if ForkedChild.isThisProcess { throw .forked(.sync, context) }
        while true {
            switch enterToSync() {
            case .closed: return .closed
            case .busy:
                guard waits else { return .busy }
                waitWhileStopped()
            case .inside:
                return try runInside(.sync) { (columnFamily) throws(EngineFailure) in
                    let log = columnFamily.database.log
                    if let failure = log.failure { throw failure }
                    if log.isUnsynced { try columnFamily.database.syncCommitted() }
                    synced(columnFamily)
                    return .done
                }
            }
        }
    }

    private enum EntryToSync { case inside, busy, closed }

    /// Passes the gate, also a closed one as long as calls of before are inside: they may take long, and what was
    /// committed before need not wait for them.
    private func enterToSync() -> EntryToSync {
        if gate.enterIfOpen() { return .inside }
        return state.withLock {
            // One that opens the column family has nothing to sync, but who can tell.
            if isStopped, isDrained || columnFamily == nil { return .busy }
            if columnFamily == nil { return .closed }
            gate.enterClosed()
            return .inside
        }
    }

    @inline(never)
    private func tellIfSlow(_ operation: StoreError.Operation, _ begun: UInt64) {
        slowCalls?.end(operation, since: begun, of: context)
    }

    @inline(__always)
    func leave() {
        // The last one out of a closing gate tells the one who waits.
        if gate.leave() { wakeCloser() }
    }

    @inline(never)
    private func wakeCloser() {
        state.withLock { changed.broadcast() }
    }

    /// For the check of the order of locks, in debug builds.
    @inline(__always)
    private func noteInside() {
        #if DEBUG
            HeldLocks.note(.call, id)
        #endif
    }

    @inline(__always)
    private func leaveNoted() {
        #if DEBUG
            HeldLocks.forget(.call, id)
        #endif
        leave()
    }

    var isOpen: Bool { gate.isOpen }

    /// Whether it is closed for good.
    var hasEnded: Bool { state.withLock { ending != nil } }
}

extension NamespaceSlot: CatalogDatabase {}
