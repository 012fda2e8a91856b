/// The engines that this build can load. A new engine is one file and one line here.
enum EngineCatalog {
    static let entries: [EngineEntry] = [
        KVStoreEngine.entry,
        LockedKVStoreEngine.entry,
        RocksDBEngine.entry,
        SQLiteEngine.entry,
        LMDBEngine.entry,
        PostgresEngine.entry,
    ]

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
