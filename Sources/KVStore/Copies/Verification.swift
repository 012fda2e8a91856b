/// What ``Store/verify()`` or ``Namespace/verify()`` has read and found undamaged.
public struct Verification: Sendable, Hashable {
    /// What was read of one database.
    public struct Part: Sendable, Hashable {
        /// The namespace; `metadata` for the metadata database, with the catalog of namespaces.
        public let namespace: String
        /// How many table files were in use.
        public let tableFiles: Int
        /// Their size.
        public let tableBytes: ByteCount
        /// How many entries were read. Those that a range deletion hides and no compaction has removed are among them.
        public let entries: Int
        /// The size of their keys and values.
        public let entryBytes: ByteCount
    }

    /// What was read of each database: the metadata database first, then the namespaces by name.
    public let parts: [Part]

    /// How many entries were read in all.
    public var entries: Int { parts.reduce(0) { $0 + $1.entries } }
    /// How many table files were read in all.
    public var tableFiles: Int { parts.reduce(0) { $0 + $1.tableFiles } }
    /// The size of all table files that were read.
    public var tableBytes: ByteCount { ByteCount(parts.reduce(0) { $0 + $1.tableBytes.bytes }) }
}
