/// How much of what was committed a power cut would take now.
public struct DurabilityLag: Sendable, Hashable {
    /// How many writes are not known to be on disk. Each write in a batch counts as one.
    public let writes: UInt64
    /// How long the oldest of them that is in the log has waited for a sync.
    public let age: Duration

    /// Nothing would be lost.
    public static let none = DurabilityLag(writes: 0, age: .zero)
}

extension Namespace {
    /// How much of what was committed to the namespace a power cut would take now; in a store with the layout
    /// ``StoreLayout/singleDatabase``, to all of its namespaces.
    public var durabilityLag: DurabilityLag { slot.durabilityLag }
}

extension Store {
    /// How much of what was committed a power cut would take now: the writes of all namespaces, and the age of the
    /// oldest.
    ///
    /// Bounded by ``StoreConfiguration/walSyncInterval`` plus the time that one sync takes.
    public var durabilityLag: DurabilityLag {
        var writes: UInt64 = 0
        var age = Duration.zero
        for database in storage.databases(of: pool.openSlots) {
            // Namespaces of one database have one log.
            let lags = database.slots.map(\.durabilityLag)
            writes += lags.map(\.writes).max() ?? 0
            age = lags.map(\.age).reduce(age, max)
        }
        return DurabilityLag(writes: writes, age: age)
    }
}

extension NamespaceSlot {
    /// A column family that is not open was synced when it was closed.
    fileprivate var durabilityLag: DurabilityLag {
        let lag = try? withColumnFamilyAside(.sync) { (columnFamily) throws(EngineFailure) -> DurabilityLag in
            let database = columnFamily.database
            let durable = database.log.durableSequence
            let latest = database.latestSequence
            return DurabilityLag(writes: latest > durable ? latest - durable : 0, age: database.log.unsyncedAge)
        }
        return lag ?? .none
    }
}
