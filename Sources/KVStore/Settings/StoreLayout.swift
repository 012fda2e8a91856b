/// How the namespaces of a store lie on disk. Chosen when the store is created, see ``StoreConfiguration/layout``, and
/// kept for its life; ``Store/copy(to:layout:)`` makes a store of the other layout.
public enum StoreLayout: String, Sendable, Hashable, CaseIterable {
    /// Each namespace is a database of its own: its own write-ahead log, memtables and background work. One that is
    /// damaged, or whose disk writes fail, leaves the others alone. Open ones take descriptors and memory each, so at
    /// most ``StoreConfiguration/maxOpenNamespaces`` are.
    case separateDatabases

    /// All namespaces are column families of one database: one write-ahead log, and memtables that are bounded together
    /// by ``Tuning/memtableBudget``. ``Store/write(durability:_:)`` commits to several of them atomically, one sync
    /// serves all, and a namespace costs some 50 KiB of memory. Nothing is evicted. A namespace that is created takes
    /// one descriptor until the database is next opened: when these come to half of what the process may have, creating
    /// another has it opened anew between the calls on it.
    ///
    /// What is shared is shared in trouble too: after a failed write or sync no namespace takes writes until one of
    /// them is reopened, which reopens all. ``Namespace/latestSequence()`` counts the commits of all. RocksDB: column
    /// families.
    case singleDatabase
}
