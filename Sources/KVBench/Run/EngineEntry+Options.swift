import KVStore

extension EngineEntry {
    /// Refuses what the engine does not have, before anything is opened.
    ///
    /// - Throws: `UsageError` that says what to give instead.
    func check(_ options: RunOptions) throws(UsageError) {
        guard options.walSyncInterval == nil || takesSyncInterval else {
            throw UsageError("the engine '\(name)' has no log to sync at an interval; omit --wal-sync-interval")
        }
        guard tunings.contains(options.tuning) else {
            let own = tunings.map(\.rawValue).joined(separator: ", ")
            throw UsageError("the engine '\(name)' has no tuning '\(options.tuning.rawValue)'; give one of: \(own)")
        }
        guard options.settings.isEmpty || takesSettings else {
            throw UsageError("the engine '\(name)' has none of the library's settings; omit --set")
        }
        _ = try options.tuning.fields(with: options.settings)
        guard options.layout == nil || takesLayout else {
            throw UsageError("the engine '\(name)' has no choice of layouts; omit --layout")
        }
        if let durability = options.durability, losses(durability, nil) == nil {
            let own = Durability.allCases.filter { losses($0, nil) != nil }.map(\.rawValue).joined(separator: ", ")
            throw UsageError("the engine '\(name)' has no durability '\(durability.rawValue)'; give one of: \(own)")
        }
        if let longestKey, let size = options.keySize, size > longestKey {
            throw UsageError(
                "--key-size is \(size), but the engine '\(name)' takes keys of at most \(longestKey) bytes")
        }
        guard options.server == nil || takesServer else {
            throw UsageError("the engine '\(name)' needs no server; omit --postgres")
        }
        if case .at = options.server, options.data != nil {
            throw UsageError("the data goes to the server of --postgres, and is removed there at the end; omit --data")
        }
        try check(options.server ?? .own)
    }

    /// Refuses a workload that needs what the engine does not have.
    ///
    /// - Throws: `UsageError` that names the engines which have it.
    func check(_ stage: Stage, _ options: RunOptions) throws(UsageError) {
        if stage.workload.opens == .killed, let durability = options.durability,
            losses(durability, options.walSyncInterval)?.kill != .nothing
        {
            throw UsageError(
                "with --durability \(durability.rawValue) nothing has to be left of a process that was killed; give buffered or"
                    + " synced")
        }
        let needs = stage.needs
        guard let missing = needs.subtracting(features).map(\.rawValue).min() else { return }
        let others = EngineCatalog.entries.filter { $0.features.isSuperset(of: needs) }.map(\.name).joined(
            separator: ", ")
        throw UsageError("the engine '\(name)' has no \(missing), which '\(stage.name)' needs; give one of: \(others)")
    }
}
