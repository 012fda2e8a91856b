import KVStore
import Testing

/// Ways to set a store up that must make no difference to what it answers: the same tests run over all of them.
enum Variant: CaseIterable, CustomTestStringConvertible {
    /// Everything stays in one memtable.
    case tiny
    /// Memtables so small that flushes and compactions come all the time.
    case flushing
    /// A cache for each namespace that holds next to nothing, and tables without filter, hash index and compression.
    case bare
    /// A cache of values so small that they go all the time, over memtables that are flushed all the time.
    case caching
    /// Commits that gather in front of the engine.
    case gathering
    /// What the documented tuning replaced: every commit synced.
    case before

    var testDescription: String { "\(self)" }

    var configuration: StoreConfiguration {
        var configuration = StoreConfiguration.tiny
        switch self {
        case .tiny: break
        case .flushing:
            configuration.namespaceTuning.memtableSize = .kibibytes(64)
            configuration.namespaceTuning.level0CompactionTrigger = 2
            configuration.walSyncInterval = .milliseconds(5)
        case .bare:
            configuration.namespaceTuning.blockCacheCapacity = .kibibytes(64)
            configuration.blockCache = .perNamespace
            configuration.namespaceTuning.compression = .none
            configuration.namespaceTuning.bloomBitsPerKey = 0
            configuration.namespaceTuning.dataBlockHashIndex = false
            configuration.namespaceTuning.blockRestartInterval = 1
            configuration.namespaceTuning.memtableInsertHints = false
            configuration.walSyncInterval = nil
        case .caching:
            configuration.namespaceTuning.valueCache = .kibibytes(64)
            configuration.namespaceTuning.memtableSize = .kibibytes(64)
        case .gathering:
            configuration.namespaceTuning.commitBuffer = .kibibytes(64)
            configuration.namespaceTuning.memtableSize = .kibibytes(64)
        case .before:
            configuration.namespaceTuning = .before
            configuration.namespaceTuning.memtableSize = .mebibytes(1)
            configuration.namespaceTuning.blockCacheCapacity = .mebibytes(1)
            configuration.blockCache = .perNamespace
        }
        return configuration
    }
}
