import KVStore

/// One engine as the catalog knows it.
struct EngineEntry: Sendable {
    /// What `--engine` takes.
    let name: String
    /// One line for `kvbench list`.
    let summary: String
    /// Whether it is this library, which the workloads' expectations are about.
    var isThisLibrary = false
    /// What it has of that which some workloads need.
    var features: Set<EngineFeature> = []
    /// Whether it syncs the log of buffered commits at an interval that can be chosen.
    var takesSyncInterval = false
    /// The tunings that it has.
    var tunings: [TuningChoice] = TuningChoice.allCases
    /// Whether each field of its tuning can be set by itself.
    var takesSettings = false
    /// Whether it has a choice of layouts.
    var takesLayout = false
    /// The longest key that it takes; `nil` for any.
    var longestKey: Int?
    /// Whether it needs a server, which `--postgres` names.
    var takesServer = false
    /// What is lost with a durability, and with an interval between syncs other than the engine's own; `nil` for a
    /// durability that it does not have.
    var losses: @Sendable (Durability, WALSyncInterval?) -> Losses? = EngineEntry.librarysLosses
    /// Looks whether what it needs is there.
    ///
    /// - Throws: `UsageError` that says what to install.
    var check: @Sendable (ServerChoice) throws(UsageError) -> Void = { (_) throws(UsageError) in }
    /// Opens a fresh database.
    let open: @Sendable (EngineSettings) throws -> any BenchEngine
}

extension EngineEntry {
    /// What this library promises, and its engine with a log that is synced as the library syncs it.
    static let librarysLosses: @Sendable (Durability, WALSyncInterval?) -> Losses? = { durability, interval in
        switch durability {
        case .synced: Losses(kill: .nothing, powerCut: .nothing)
        case .buffered: Losses(kill: .nothing, powerCut: (interval ?? .usual).loss)
        case .unlogged: Losses(kill: .sinceFlush, powerCut: .sinceFlush)
        }
    }
}

extension WALSyncInterval {
    /// The library's own.
    static var usual: WALSyncInterval { StoreConfiguration().walSyncInterval.map { .every($0) } ?? .never }

    /// What a power cut takes of a log that is synced this often.
    var loss: Loss { duration.map { .last($0) } ?? .unwritten }
}
