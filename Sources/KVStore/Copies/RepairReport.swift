public import SystemPackage

/// What ``Store/repair(at:to:configuration:)`` has found and made.
public struct RepairReport: Sendable, Hashable {
    /// What became of a database.
    public enum Outcome: Sendable, Hashable {
        /// All of it could be read. It was copied as it is.
        case intact
        /// Only the name of its list of files was lost; nothing that was committed is missing.
        case complete
        /// The newest commits are missing, and nothing else: what is there is a prefix of the commits.
        case shortened
        /// Commits are missing that may be older than others which are there: those that the log has lost may have come
        /// before a load (``Namespace/ingest(_:)``), which goes past the log. Every commit that is there is whole.
        case gapped
        /// The engine's repair collected what could be read. Any commit may be missing, in part too; what was deleted
        /// or overwritten may be back.
        case salvaged
        /// Nothing could be read. It is not in the store that was made.
        case lost
    }

    /// What became of one database.
    public struct Part: Sendable, Hashable {
        /// The namespace; `metadata` for the metadata database, with the catalog of namespaces.
        public let namespace: String
        /// Where it is in the store that was repaired.
        public let path: FilePath
        /// What became of it.
        public let outcome: Outcome
        /// What was wrong, in the engine's words or ours; `nil` when nothing was.
        public let damage: String?
        /// How many entries could be read. Those that a range deletion hides are among them.
        public let entries: Int
        /// The files that could not be read, or not to their end, and are not in the store that was made.
        public let unusableFiles: [String]
    }

    /// What became of each database: the metadata database first, then the namespaces by the numbers of their folders.
    public let parts: [Part]
    /// The namespaces whose names, options and attributes were lost with the catalog: named `recovered-` and the number
    /// of their folders.
    public let renamed: [String]

    /// Whether nothing that was committed is missing, as far as can be told.
    public var isComplete: Bool {
        renamed.isEmpty && parts.allSatisfy { $0.outcome == .intact || $0.outcome == .complete }
    }
}
