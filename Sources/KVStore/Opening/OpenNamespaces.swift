internal import Logging
internal import SystemPackage

/// The namespaces that are in use, and the bound on how many of their databases are open.
///
/// Slots that are open are held here; of the others only those that somebody uses exist. So neither memory nor opening
/// one grows with the number of namespaces.
final class OpenNamespaces: @unchecked Sendable {  // guarded by its lock
    private let lock = Lock(.openNamespaces)
    private let storage: any NamespaceStorage
    private let maxOpen: Int
    private let promises: RecoveryWatermarks
    private let usages: NamespaceUsages
    /// How many descriptors they may take together; nil for a reader's, which keep all files open, and for one database
    /// that bounds itself.
    private let budget: DescriptorBudget?
    private let log: StoreLog
    /// How many namespaces the store has.
    private var namespaces = 0
    /// How many descriptors those that are open take, as was last seen, and may come to take.
    private var descriptors = 0
    private var shares = 0
    private var hasTold = false

    /// What the pool keeps of a slot, in the slot.
    struct Place {
        /// Where it is among those that are open.
        fileprivate var index: Int?
        /// How many descriptors it takes, as was last seen, and may come to take.
        fileprivate var descriptors = 0
        fileprivate var share = 0
    }

    private struct Reference { weak var slot: NamespaceSlot? }
    /// By the bytes of their names: strings of other bytes can be equal.
    private var slots: [[UInt8]: Reference] = [:]
    /// How many there may be before those that are gone are looked for.
    private var cleanUpAt = 256
    /// The slots that are open or being opened, in no order.
    private var open: [NamespaceSlot] = []
    /// Where to go on looking for one to close.
    private var hand = 0
    /// How many that are in use are met before the search for one to close ends.
    private static let maxBusy = 64

    init(
        _ storage: any NamespaceStorage, _ promises: RecoveryWatermarks, _ usages: NamespaceUsages,
        _ budget: DescriptorBudget?, _ log: StoreLog
    ) {
        self.storage = storage
        maxOpen = storage.maxOpen ?? .max
        self.promises = promises
        self.usages = usages
        self.budget = storage.maxOpen == nil ? nil : budget
        self.log = log
    }

    /// How many namespaces the store has.
    var namespaceCount: Int { lock.withLock { namespaces } }

    /// Notes that there are more namespaces, or fewer.
    func noteNamespaces(_ more: Int) { lock.withLock { namespaces += more } }

    // MARK: Slots

    /// The slot of a namespace, made unless it is there.
    func slot(_ name: String, make: () -> NamespaceSlot) -> NamespaceSlot {
        lock.withLock {
            let name = Array(name.utf8)
            if let slot = slots[name]?.slot { return slot }
            let slot = make()
            slots[name] = Reference(slot: slot)
            cleanUp()
            return slot
        }
    }

    /// The slot of a namespace if there is one.
    func existing(_ name: String) -> NamespaceSlot? { lock.withLock { slots[Array(name.utf8)]?.slot } }

    /// Knows namespaces by the names that a writer has given them.
    func rename(_ records: [UInt64: CatalogRecord]) {
        lock.withLock {
            let renamed = slots.values.compactMap(\.slot).filter { slot in
                records[slot.id].map { $0 != slot.record?.current } ?? false
            }
            for slot in renamed { slots[slot.nameBytes] = nil }
            for slot in renamed {
                guard let record = records[slot.id] else { continue }
                slot.record?.set(record)
                slots[slot.nameBytes] = Reference(slot: slot)
            }
        }
    }

    /// Knows a namespace by its new name.
    func rename(_ name: String, _ record: CatalogRecord) {
        lock.withLock {
            guard let slot = slots.removeValue(forKey: Array(name.utf8))?.slot else { return }
            slot.record?.set(record)
            slots[slot.nameBytes] = Reference(slot: slot)
        }
    }

    /// Forgets a namespace that takes no more calls.
    func remove(_ slot: NamespaceSlot) {
        lock.withLock {
            if slots[slot.nameBytes]?.slot === slot { slots[slot.nameBytes] = nil }
            removeOpen(slot)
        }
    }

    /// Every slot that anybody can use.
    func all() -> [NamespaceSlot] { lock.withLock { slots.values.compactMap(\.slot) } }

    /// The slots that are open or being opened.
    var openSlots: [NamespaceSlot] { lock.withLock { open } }

    /// Has the log of each database synced once: of those that share one that is written to all the time, each would
    /// find something to sync.
    ///
    /// - Returns: the slots that have to be come back to.
    @discardableResult
    func syncLogs<Failure: Error>(
        of slots: [NamespaceSlot], _ sync: (NamespaceSlot) throws(Failure) -> SyncOutcome
    ) throws(Failure) -> [NamespaceSlot] {
        var left: [NamespaceSlot] = []
        databases: for database in storage.databases(of: slots) {
            var busy: [NamespaceSlot] = []
            for slot in database.slots {
                switch try sync(slot) {
                case .done: continue databases
                case .closed: break
                case .busy: busy.append(slot)
                }
            }
            left += busy
        }
        return left
    }

    private func cleanUp() {
        guard slots.count >= cleanUpAt else { return }
        slots = slots.filter { $0.value.slot != nil }
        cleanUpAt = max(256, 2 * slots.count)
    }

    // MARK: Opening and closing

    /// Opens a slot, after as many others were closed as the bound asks for: such as were not used lately and are idle.
    /// The bound gives way before a call fails.
    ///
    /// - Parameters:
    ///   - maxOpenFiles: how many files its tuning has it keep open; nil for all of them.
    ///   - body: opens it with as many as there are descriptors for.
    func opening(
        _ slot: NamespaceSlot, wanting maxOpenFiles: Int?, _ body: (Int?) throws(StoreError) -> ColumnFamily
    ) throws(StoreError) -> ColumnFamily {
        let share = take(slot, wanting: maxOpenFiles)
        // A few files less need nobody's attention.
        if let share, let maxOpenFiles, share < maxOpenFiles / 4 { tell(share, maxOpenFiles) }
        makeRoom(beside: slot)
        do throws(StoreError) {
            let columnFamily = try body(share)
            if budget != nil {
                note(slot, tableFiles: columnFamily.tableFiles)
                makeRoom(beside: slot)
            }
            return columnFamily
        } catch {
            // It may be open all the same, when it was to be opened anew.
            if !slot.isOpen { lock.withLock { removeOpen(slot) } }
            throw error
        }
    }

    /// Closes as many as the bounds ask for.
    private func makeRoom(beside slot: NamespaceSlot?) {
        var looks = 2 * lock.withLock { open.count }
        var busy = 0
        // Two rounds: the first takes the mark of use from those that have it, the second finds them without.
        while looks > 0, busy < Self.maxBusy, let candidate = nextSurplus() {
            looks -= 1
            guard candidate !== slot, !candidate.uses.takeForPool() else { continue }
            if !close(candidate) { busy += 1 }
        }
    }

    /// Looks how many files those have by now that are open, and closes some where they have come to too many.
    func boundFiles() {
        guard let budget, lock.withLock({ shares > budget.total }) else { return }
        for slot in openSlots {
            let files = try? slot.withColumnFamilyAside(.statistics) { (columnFamily) throws(EngineFailure) in
                columnFamily.tableFiles
            }
            if let files { note(slot, tableFiles: files) }
        }
        makeRoom(beside: nil)
    }

    private func note(_ slot: NamespaceSlot, tableFiles: Int) {
        lock.withLock {
            guard slot.place.index != nil, slot.place.share > 0 else { return }
            let need = DescriptorBudget.need(slot.place.share, tableFiles: tableFiles)
            descriptors += need - slot.place.descriptors
            slot.place.descriptors = need
        }
    }

    /// Counts the slot among those that are open, as one that has few files, and says how many it may keep open. It is given
    /// what it gets when all are open that there are; those that were opened when there were fewer may have more.
    private func take(_ slot: NamespaceSlot, wanting maxOpenFiles: Int?) -> Int? {
        lock.withLock {
            if slot.place.index == nil {
                slot.place.index = open.count
                open.append(slot)
            }
            let share = share(of: maxOpenFiles)
            shares += (share ?? 0) - slot.place.share
            slot.place.share = share ?? 0
            let need = DescriptorBudget.need(share ?? 0, tableFiles: 0)
            descriptors += need - slot.place.descriptors
            slot.place.descriptors = need
            return share
        }
    }

    private func share(of maxOpenFiles: Int?) -> Int? {
        guard let budget, let maxOpenFiles else { return maxOpenFiles }
        return budget.share(of: maxOpenFiles, among: min(maxOpen, max(namespaces, open.count)))
    }

    private func tell(_ share: Int, _ wanted: Int) {
        guard let budget, lock.withLock({ !hasTold }) else { return }
        lock.withLock { hasTold = true }
        log.add(
            .notice,
            """
            an open namespace keeps \(share) files open, not \(wanted) as maxOpenFiles says: the process may have \
            \(budget.limit) files open, of which \(budget.total) are for up to \(maxOpen) open namespaces. \
            Raise the limit (ulimit -n, LimitNOFILE=) or lower maxOpenNamespaces if reads need more.
            """, ["files": "\(share)", "wanted": "\(wanted)"])
    }

    /// The next to look at, nil when no more are open than may be.
    private func nextSurplus() -> NamespaceSlot? {
        lock.withLock {
            guard open.count > maxOpen || descriptors > budget?.total ?? .max else { return nil }
            if hand >= open.count { hand = 0 }
            defer { hand += 1 }
            return open[hand]
        }
    }

    private func close(_ slot: NamespaceSlot) -> Bool {
        let wasClosed = try? slot.closeIfIdle { (columnFamily) throws(EngineFailure) in
            let log = columnFamily.database.log
            // Its writers have been told, and reopen it.
            if let failure = log.failure { throw failure }
            try columnFamily.database.closeLog()
            promises.note(slot.id, log)
            usages.note(slot, columnFamily)
        } closed: {
            lock.withLock { removeOpen(slot) }
        }
        if wasClosed == true, log.wants(.debug) {
            let left = lock.withLock { open.count }
            log.add(
                .debug, "a namespace was closed to make room",
                ["namespace": "\(slot.context.namespace ?? "")", "open_namespaces": "\(left)"])
        }
        return wasClosed == true
    }

    /// Closes all, which share a database, if the calls inside end in time and nothing else uses them. The catalog lock
    /// is held.
    ///
    /// - Parameter body: called when they are closed and before any can be opened again.
    /// - Returns: nil when they are in use, or what `body` returns.
    func closeTogether<Result>(
        until deadline: UInt64, _ operation: StoreError.Operation, _ body: () -> Result
    ) throws(StoreError) -> Result? {
        try NamespaceSlot.closeIfIdle(all(), until: deadline) { (columnFamily) throws(StoreError) in
            do throws(EngineFailure) {
                if let failure = columnFamily.database.log.failure { throw failure }
                try columnFamily.database.closeLog()
            } catch {
                throw ErrorContext(namespace: nil, path: FilePath(columnFamily.database.path)).error(error, operation)
            }
            promises.note(StoreDirectory.sharedDatabase, columnFamily.database.log)
        } closing: { slot, columnFamily in
            usages.note(slot, columnFamily)
            lock.withLock { removeOpen(slot) }
        } _: {
            body()
        }
    }

    private func removeOpen(_ slot: NamespaceSlot) {
        guard let index = slot.place.index else { return }
        slot.place.index = nil
        descriptors -= slot.place.descriptors
        shares -= slot.place.share
        slot.place.descriptors = 0
        slot.place.share = 0
        let last = open.removeLast()
        guard last !== slot else { return }
        open[index] = last
        last.place.index = index
    }
}

extension NamespaceSlot {
    /// The name of its namespace.
    fileprivate var nameBytes: [UInt8] { Array((record?.current.name ?? "").utf8) }
}
