/// The namespaces that are in use, and the bound on how many of their databases are open.
final class NamespacePool: @unchecked Sendable {  // guarded by its lock
    private let lock = Lock()
    private let maxOpen: Int
    private let promises: DurablePromises
    /// By the bytes of their names: strings of other bytes can be equal.
    private var slots: [[UInt8]: KeyspaceSlot] = [:]
    /// The slots that were opened, in the order in which they are looked at when one has to go.
    private var clock: [KeyspaceSlot] = []

    init(maxOpen: Int, _ promises: DurablePromises) {
        self.maxOpen = maxOpen
        self.promises = promises
    }

    /// The slot of a namespace, made unless it is there.
    func slot(_ name: String, make: () -> KeyspaceSlot) -> KeyspaceSlot {
        lock.withLock {
            let name = Array(name.utf8)
            if let slot = slots[name] { return slot }
            let slot = make()
            slots[name] = slot
            clock.append(slot)
            return slot
        }
    }

    /// The slot of a namespace if one was made.
    func existing(_ name: String) -> KeyspaceSlot? { lock.withLock { slots[Array(name.utf8)] } }

    /// Knows namespaces by the names that a writer has given them.
    func rename(_ records: [UInt64: NamespaceRecord]) {
        lock.withLock {
            let renamed = slots.values.filter { slot in records[slot.id].map { $0 != slot.record?.current } ?? false }
            for slot in renamed { slots[Array(slot.name.utf8)] = nil }
            for slot in renamed {
                guard let record = records[slot.id] else { continue }
                slot.record?.set(record)
                slots[Array(record.name.utf8)] = slot
            }
        }
    }

    /// Knows a namespace by its new name.
    func rename(_ name: String, _ record: NamespaceRecord) {
        lock.withLock {
            guard let slot = slots.removeValue(forKey: Array(name.utf8)) else { return }
            slot.record?.set(record)
            slots[Array(record.name.utf8)] = slot
        }
    }

    /// Forgets a namespace.
    func remove(_ slot: KeyspaceSlot) {
        lock.withLock {
            let name = Array(slot.name.utf8)
            if slots[name] === slot { slots[name] = nil }
            clock.removeAll { $0 === slot }
        }
    }

    func all() -> [KeyspaceSlot] { lock.withLock { clock } }

    /// Makes room for one more open database by closing those that were not used lately, as far as the bound asks for it
    /// and they are idle. The bound gives way before a call fails.
    func makeRoom() {
        let candidates = lock.withLock { clock }
        var surplus = candidates.count(where: \.isOpen) + 1 - maxOpen
        // Two rounds: the first takes the mark of use from those that have it, the second finds them without.
        for slot in candidates + candidates where surplus > 0 && slot.isOpen && !slot.takeUsed() {
            let wasClosed = try? slot.closeIfIdle { (keyspace) throws(EngineFailure) in
                try keyspace.database.closeLog()
                promises.note(slot.id, keyspace.database.log)
            }
            guard wasClosed == true else { continue }
            lock.withLock {
                clock.removeAll { $0 === slot }
                clock.append(slot)
            }
            surplus -= 1
        }
    }
}

extension KeyspaceSlot {
    /// The name of its namespace.
    fileprivate var name: String { record?.current.name ?? "" }
}
