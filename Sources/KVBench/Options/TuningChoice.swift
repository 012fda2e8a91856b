/// Which of the two tunings the engine is opened with.
public enum TuningChoice: String, CaseIterable, Sendable, Codable {
    /// The tuning that the library documents and opens with by default.
    case documented
    /// The tuning that the documented one replaced: small caches and memtables, and a sync on every commit.
    case before

    /// One line for `kvbench list`.
    public var summary: String {
        switch self {
        case .documented: "large cache and memtables, four compactions, the log synced in the background (default)"
        case .before: "what it replaced: small cache and memtables, one compaction, every commit synced"
        }
    }
}
