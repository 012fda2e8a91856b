import SystemPackage

extension EngineSettings {
    /// What the options say of the engine.
    init(_ options: RunOptions, directory: FilePath, keepsData: Bool = true) {
        self.init(
            directory: directory, tuning: options.tuning, settings: options.settings, layout: options.layout,
            durability: options.durability, walSyncInterval: options.walSyncInterval, keyspaces: options.namespaces,
            workers: options.workers, server: options.server ?? .own, keepsData: keepsData)
    }
}
