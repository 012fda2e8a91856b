/// What a namespace is given when it is created.
///
/// Kept in the catalog: each opening of the namespace has it again.
public struct NamespaceOptions: Sendable {
    /// How ``Namespace/merge(_:_:durability:)`` combines values; `nil` for a namespace that refuses merges. Default
    /// `nil`.
    ///
    /// Built in, or among ``StoreConfiguration/mergeOperators``. Costs one byte a value. RocksDB: `merge_operator`.
    public var mergeOperator: MergeOperator?

    /// How long an entry lives after it was put; `nil` for ever. Default `nil`. At least 1 ms, kept in milliseconds.
    ///
    /// One entry can have another time, shorter or longer: ``Namespace/put(_:_:expiresAfter:durability:)``. For entries
    /// that live for ever unless it is said otherwise, give a time that never comes, such as
    /// `Duration.seconds(Int64.max)`.
    ///
    /// Counts from the put that was last, by the system's clock, whose moving moves it too. From then on no read
    /// returns the entry, but those of a view that was taken before: for a ``Snapshot``, a ``Transaction`` and a
    /// ``Cursor`` the clock stands still when they are made, so that what they show stays. A transaction that wrote
    /// runs again when something that it read has expired before its commit. The space is reclaimed when the engine
    /// compacts what holds the entry: in the course of further writes, within 30 days without, at once with
    /// ``Namespace/compact(_:)``; not while a snapshot or transaction of this namespace, or of another one of the same
    /// database, still shows it. Until then ``Namespace/approximateCount()`` counts it. Costs 8 bytes a value, a look at
    /// the clock for each read of a key and each cursor, and for a transaction a second read of what it read. Not
    /// together with a merge operator. RocksDB: a compaction filter; its own TTL databases, which return entries until
    /// they are compacted, are not used.
    public var timeToLive: Duration?

    /// What the application wants to keep with the namespace, such as whose it is. Default nothing.
    ///
    /// Names and values of text, together at most ``Limits/namespaceAttributesSize``; no name is empty. They are read
    /// with the list of namespaces, so keep them small. Can be changed later: ``Namespace/setAttribute(_:to:)``.
    public var attributes: [String: String]

    /// A tuning of its own; `nil` for the store's ``StoreConfiguration/namespaceTuning``, whatever that is when it is
    /// opened. Default `nil`. Can be changed later: ``Namespace/setTuning(_:)``.
    public var tuning: Tuning?

    /// How far back ``Namespace/changes(since:)`` goes, over flushes, restarts and crashes; `nil` for as far as the
    /// log of what is not yet in table files. Default `nil`. Can be changed later:
    /// ``Namespace/setChangeRetention(_:)``.
    ///
    /// ```swift
    /// let options = NamespaceOptions(changes: ChangeRetention())
    /// let orders = try store.namespace("orders", createIfMissing: true, options: options)
    /// ```
    ///
    /// The database then keeps its write-ahead log for so long and up to that size. In a store with the layout
    /// ``StoreLayout/singleDatabase`` all namespaces share one log: what the widest of them asks for counts, and the log
    /// holds the commits of all. There, creating the first such namespace has the database opened anew between the
    /// calls on it. With ``Tuning/walRetention`` or ``Tuning/walRetentionSize``, the wider counts too.
    ///
    /// Looked at once a second while the database is open, by the system's clock or
    /// ``StoreConfiguration/timeToLiveClock``; one that is closed does not grow. RocksDB: its archive of logs, whose own
    /// bounds are looked at every ten minutes, is bounded by the library.
    public var changes: ChangeRetention?

    /// No merges, entries that live for ever, no attributes, the store's tuning and no changes kept, unless you say
    /// otherwise.
    public init(
        mergeOperator: MergeOperator? = nil, timeToLive: Duration? = nil, attributes: [String: String] = [:],
        tuning: Tuning? = nil, changes: ChangeRetention? = nil
    ) {
        self.mergeOperator = mergeOperator
        self.timeToLive = timeToLive
        self.attributes = attributes
        self.tuning = tuning
        self.changes = changes
    }
}
