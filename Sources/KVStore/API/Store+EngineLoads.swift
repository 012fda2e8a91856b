extension Store {
    /// What the writers and the background work of each open namespace are up to. Opens none, counts as no use, and
    /// costs some microseconds each.
    package var engineLoads: [(namespace: String, database: UInt64, load: EngineLoad)] {
        storage.databases(of: pool.openSlots).flatMap { database in
            database.slots.compactMap { slot in
                let load = try? slot.withColumnFamilyAside(.statistics) { (columnFamily) throws(EngineFailure) in
                    columnFamily.load
                }
                guard let load, let name = slot.context.namespace else { return nil }
                return (name, database.place.number, load)
            }
        }
    }

    /// The syncs of write-ahead logs since the store was opened, and how long the last of them took.
    ///
    /// - Parameter number: how many there had been when that was last asked.
    package func syncs(since number: UInt64) -> SyncCounts { opener.syncTimes.since(number) }
}

extension Store {
    /// How many namespaces there are.
    package var namespaceCount: Int { pool.namespaceCount }

    /// Whether it is closed, or being closed.
    package var isClosed: Bool { catalogSlot.hasEnded }
}
