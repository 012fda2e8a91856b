/// The engines that this build can load. A new engine is one file and one line here.
enum EngineCatalog {
    static let entries: [EngineEntry] = [KVStoreEngine.entry, LockedKVStoreEngine.entry]

    /// The engine of that name.
    ///
    /// - Throws: `UsageError` that lists the engines of this build.
    static func entry(named name: String) throws(UsageError) -> EngineEntry {
        guard let entry = entries.first(where: { $0.name == name }) else {
            let names = entries.map(\.name).joined(separator: ", ")
            throw UsageError("this build has no engine '\(name)'; give one that it has: \(names)")
        }
        return entry
    }
}

/// One engine as the catalog knows it.
struct EngineEntry: Sendable {
    /// What `--engine` takes.
    let name: String
    /// One line for `kvbench list`.
    let summary: String
    /// Whether it syncs the log of buffered commits at an interval that can be chosen.
    var takesSyncInterval = false
    /// Opens a fresh database.
    let open: @Sendable (EngineSettings) throws -> any BenchEngine
}
