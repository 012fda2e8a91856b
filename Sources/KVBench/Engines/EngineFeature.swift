/// What some workloads need and not every engine has.
enum EngineFeature: String, CaseIterable, Sendable {
    /// Adding to a value without reading it.
    case merges
    /// Transactions that hold nobody back, and begin anew when another has changed what they read.
    case optimisticTransactions = "optimistic transactions"
    /// Entries that go by themselves.
    case timeToLive = "time to live"
    /// That it is in the process which opens it: a server's end is not that of the one who writes.
    case ownProcess = "store in the process itself"
    /// Calls that suspend a task rather than block a thread.
    case tasks = "async calls"
}

/// A call to an engine that does not have it; the catalog's entry should have refused the workload.
struct MissingFeature: Error, CustomStringConvertible {
    let feature: EngineFeature

    var description: String { "the engine has no \(feature.rawValue)" }
}
