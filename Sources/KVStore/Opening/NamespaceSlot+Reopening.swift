internal import Glibc
internal import Synchronization

extension NamespaceSlot {
    /// How long calls are kept out for what does not end: as long as something of it ended lately.
    private static let patience: UInt64 = 200_000_000

    /// Lets the column families of slots that share a database go and opens them anew, the way back from a failed
    /// write, unless something uses them: then all stays as it was. Calls wait meanwhile, but not for long.
    ///
    /// - Parameters:
    ///   - first: the one that is opened anew although it was not open.
    ///   - database: the database, if it is open.
    ///   - prepare: called between the two.
    /// - Returns: what uses them; nil when they were opened anew.
    static func reopen(
        _ first: NamespaceSlot, _ others: [NamespaceSlot], _ database: () -> Database?, _ prepare: () -> Void = {}
    ) throws(StoreError) -> DatabaseUsers? {
        try whileStopped([first] + others) { (slots) throws(StoreError) in
            for slot in slots { try slot.checkOpen(.reopen) }
            let open = slots.filter { $0.columnFamily != nil }
            if let users = awaitUsers(of: open, database()) { return users }
            for slot in open { slot.drain() }
            // What can still be synced is, so that receipts of before stay true.
            try? database()?.closeLog()
            // A reader's may go on being read.
            let closing = database()?.isReader == false ? database()?.closing : nil
            for slot in open { slot.letGo() }
            prepare()
            closing?.wait()
            for slot in slots where slot === first || open.contains(where: { $0 === slot }) {
                slot.replaceColumnFamily(try slot.open(slot))
            }
            return nil
        }
    }

    /// Keeps new calls out of slots that are open and waits for what uses them.
    ///
    /// - Returns: what does not end, and is not a call inside; nil when there is nothing left but snapshots, which are
    ///   released.
    private static func awaitUsers(of slots: [NamespaceSlot], _ database: Database?) -> DatabaseUsers? {
        // Files can be read by several.
        guard let database, !database.isReader else { return nil }
        defer { database.isToBeReopened.store(false, ordering: .relaxed) }
        for slot in slots { slot.holdBack(with: slots) }
        var last: DatabaseUsers?
        var deadline = MonotonicClock.after(patience)
        while true {
            for _ in 0..<10 {
                if areUnused(slots), database.uses.count == slots.count { return nil }
                usleep(200)
            }
            let users = DatabaseUsers(slots, database)
            if users != last { deadline = MonotonicClock.after(patience) }
            last = users
            if users.held.isEmpty {
                database.isToBeReopened.store(true, ordering: .relaxed)
                if users.running.isEmpty, !users.areInside {
                    for slot in slots { slot.columnFamily?.snapshots.releaseAll() }
                }
            }
            if MonotonicClock.now >= deadline { return users }
        }
    }
}

/// What keeps a database from being closed, for a reader of an error.
struct DatabaseUsers: Equatable {
    /// What callers hold, which only they can end: "2 cursors of "orders"".
    private(set) var held: [String] = []
    /// Calls that run code of the caller's, or long, outside the gate.
    private(set) var running: [String] = []
    /// Whether calls are inside the gate.
    private(set) var areInside = false

    /// - Parameter slots: those of the database, whose calls are held back.
    init(_ slots: [NamespaceSlot], _ database: Database) {
        var families = database.uses
        for slot in slots {
            guard let columnFamily = slot.columnFamily else { continue }
            families[columnFamily.familyName] = nil
            if slot.isInside { areInside = true }
            let owner = slot.context.namespace.map { "\"\($0)\"" } ?? "the catalog"
            add(columnFamily.uses, of: owner, slot.isHeldByThread)
            if columnFamily.isPinned { held.append("pinned values of \(owner)") }
            guard columnFamily.updates.isRunning else { continue }
            if slot.isHeldByThread {
                held.append("an update of \(owner)")
            } else {
                running.append("an update of \(owner)")
            }
        }
        // Without a slot they take no more calls. That the database itself uses is for a moment.
        families["default"] = nil
        for uses in families.values {
            add(uses, of: "a dropped namespace", false)
            if uses.columnFamilies.load(ordering: .acquiring) == 0 {
                held.append("pinned values of a dropped namespace")
            }
        }
    }

    /// - Parameter isOwn: whether the calling thread is among what runs, and so would wait for itself.
    private mutating func add(_ uses: ColumnFamilyUses, of owner: String, _ isOwn: Bool) {
        func counted(_ count: Int, _ one: String, _ many: String) -> String? {
            count == 0 ? nil : "\(count) \(count == 1 ? one : many) of \(owner)"
        }
        held += [
            counted(uses.cursors.load(ordering: .acquiring), "cursor", "cursors"),
            counted(uses.changes.load(ordering: .acquiring), "loop over changes", "loops over changes"),
        ].compactMap { $0 }
        let bodies = [
            counted(uses.count(.transaction), "transaction", "transactions"),
            counted(uses.count(.load), "load", "loads"),
        ].compactMap { $0 }
        if isOwn { held += bodies } else { running += bodies }
        if let verifications = counted(uses.verifications.load(ordering: .acquiring), "verification", "verifications") {
            running.append(verifications)
        }
    }

    /// What an error says.
    var complaint: String {
        let all = held + running
        let list = all.isEmpty ? "running calls" : all.joined(separator: ", ")
        return
            "the database is in use by \(list); end \(all.count == 1 && list.hasPrefix("1 ") ? "it" : "them") and call "
            + "reopen() again. Nothing was closed, and all goes on as before"
    }
}
