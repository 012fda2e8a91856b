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
