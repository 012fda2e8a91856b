/// The order in which a thread takes the locks of the library: what it holds comes before what it waits for.
///
/// From the outermost to the innermost. Each ``Lock`` is made with its rank. In debug builds a thread that waits for
/// one while it holds one that does not come before ends the process, which names both; in release builds nothing is
/// checked.
///
/// Beside locks there are namespaces that a thread has stopped (``NamespaceSlot/stop()``) and those that its calls are
/// in (the gate of a ``NamespaceSlot``). Three rules follow from where these stand:
/// - Whoever waits to come into a namespace is in none, and holds nothing that a call inside may want.
/// - Whoever leaves one never waits: the lock that it takes to say so is held for a moment only.
/// - Whoever stops several takes them in one order, and then waits for the calls inside, which wait for nobody that
///   stops.
enum LockRank: UInt8, Comparable {
    /// A reader of the change feed, while it reads a page.
    case changes
    /// A transaction whose closure suspends, while one of its calls runs.
    case transaction
    /// The section in which updates run. Closures of the caller run in it, and may do anything that callers may,
    /// updates of other namespaces too: the one exception from the order, of which ``UpdateNesting`` refuses circles.
    case updates
    /// The closing of a store.
    case closing
    /// The set of namespaces of a store, which does not change meanwhile.
    case catalog
    /// A compaction that was asked for. All of a store are taken by their namespaces' numbers, by copies of the store.
    case compaction
    /// A namespace that is stopped: opened, closed, drained. Several are taken by their numbers.
    case namespace
    /// The database that namespaces share, while it is opened, which asks the catalog.
    case sharedDatabase
    /// A column family of the metadata database that is stopped: the application's first, then the catalog.
    case metadata
    /// The metadata database, while it is opened.
    case metadataDatabase
    /// A call inside a namespace. It waits for no other; ``NamespaceSlot/withColumnFamilys(of:_:_:)`` comes into
    /// several without waiting.
    case call
    /// The lock that transactions use to keep plain writes out. Several are taken by their column families' numbers.
    case writes
    /// Which namespaces are open.
    case openNamespaces
    /// What waits to be removed.
    case reclaimer
    /// Held for a moment, and nothing is waited for meanwhile.
    case innermost
    /// What the engine has to say, which it may within any of its calls.
    case engineLog

    /// Whether a thread may hold several, in the order of their numbers.
    var hasOrder: Bool { self == .compaction || self == .namespace || self == .metadata || self == .writes }

    static func < (one: LockRank, other: LockRank) -> Bool { one.rawValue < other.rawValue }
}
