/// Whether the one database of all namespaces keeps its logs, and which: as much as any namespace asks for whose changes
/// are kept. Guarded by the lock of the ``SharedDatabase`` that has it.
struct KeptLogs {
    private var retentions: [UInt64: LogRetention] = [:]
    private var shallKeep = false
    /// Whether the database was last opened so that it keeps them.
    private(set) var areKept = false

    /// Notes what a namespace asks for.
    mutating func note(_ record: CatalogRecord) { retentions[record.id] = record.changes?.retention.logRetention }

    /// Notes that a namespace is gone.
    mutating func forget(_ id: UInt64) { retentions[id] = nil }

    /// Has the database keep them from its next opening on, whatever namespaces ask for by then.
    mutating func keepFromNextOpening() { shallKeep = true }

    /// To be called when the database is opened, once all namespaces are noted.
    mutating func open() { areKept = shallKeep || !retentions.isEmpty }

    /// What does for every namespace and for the tuning; nil when nothing asks for any.
    func widest(_ tuned: LogRetention?) -> LogRetention? {
        guard var widest = retentions.first?.value else { return tuned }
        for retention in retentions.values { widest = widest.widened(by: retention) }
        return widest.widened(by: tuned)
    }
}
