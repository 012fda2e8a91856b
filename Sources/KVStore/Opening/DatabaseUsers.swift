internal import Synchronization

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
            if slot.gate.isInside { areInside = true }
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
