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

    /// Forgets a namespace.
    func remove(_ name: String) {
        lock.withLock {
            guard let slot = slots.removeValue(forKey: Array(name.utf8)) else { return }
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
