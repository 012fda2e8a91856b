internal import FaultKit
internal import KVStore
internal import Foundation
internal import Logging

/// What one run checks: a configuration of a store, and the kinds of its namespaces.
package struct Setup: Sendable {
    /// One line of the matrix.
    package struct Variant: Sendable {
        package let name: String
        /// Whether the store is one in memory, of which nothing is left when it is closed.
        package var isInMemory = false
        /// Whether the store is opened by a relative path, and the working directory changes: that is the whole
        /// process's.
        package var isRelative = false
        /// How long most of the namespaces keep their changes, each at the call that creates it.
        var changes: ChangeRetention?
        let change: @Sendable (inout StoreConfiguration) -> Void
    }

    package let variant: Variant
    package let seed: UInt64
    /// The namespaces in order; the application's metadata comes after them.
    package let kinds: [NamespaceKind]

    package init(_ variant: Variant, seed: UInt64) {
        self.variant = variant
        self.seed = seed
        var random = SeededRandom(seed: SeededRandom.mix(seed, 1))
        let merging = NamespaceKind.allCases.filter { $0.mergeOperator != nil }.shuffled(using: &random)
        kinds = [.plain, .expiring] + merging.prefix(2)
    }

    package init(named name: String, seed: UInt64) throws {
        guard let variant = Self.variants.first(where: { $0.name == name }) else {
            throw HistoryError(description: "no setup is called \(name)")
        }
        self.init(variant, seed: seed)
    }

    /// How to open the store, by the clock that is given.
    func configuration(_ clock: @escaping @Sendable () -> Timestamp) -> StoreConfiguration {
        var configuration = StoreConfiguration()
        configuration.logger.logLevel = .critical
        configuration.mergeOperators = [NamespaceKind.tailOperator, NamespaceKind.refusingOperator]
        configuration.timeToLiveClock = clock
        variant.change(&configuration)
        return configuration
    }

    /// The namespaces whose database is the same as that of one, which are reopened together.
    func sharing(_ namespace: Int, _ layout: Store.Layout) -> [Int] {
        layout == .singleDatabase && namespace < kinds.count ? Array(kinds.indices) : [namespace]
    }

    /// The layout of the store at first.
    var layout: Store.Layout { configuration { .now }.layout ?? .separateDatabases }

    var isInMemory: Bool { variant.isInMemory }

    var isRelative: Bool { variant.isRelative }

    func kind(_ namespace: Int) -> NamespaceKind { namespace < kinds.count ? kinds[namespace] : .plain }

    var changes: ChangeRetention? { variant.changes }

    /// Whether a namespace is made so that it keeps its changes: the last one is not.
    func hasChanges(_ namespace: Int) -> Bool { changes != nil && namespace < kinds.count - 1 }

    /// Whether a namespace has consumers of its changes.
    func takesConsumers(_ namespace: Int) -> Bool { namespace < kinds.count && (keepsLog || hasChanges(namespace)) }

    /// Whether changes may be gone although none went past the log.
    func losesChanges(_ namespace: Int, _ layout: Store.Layout) -> Bool {
        guard hasChanges(namespace) else { return !keepsLog || layout == .singleDatabase }
        return changes?.upTo != ChangeRetention().upTo
    }

    /// How a namespace is created.
    func options(_ namespace: Int) -> NamespaceOptions {
        kind(namespace).options(hasChanges(namespace) ? changes : nil)
    }

    static func name(_ namespace: Int, isRenamed: Bool = false) -> String {
        "namespace \(namespace)" + (isRenamed ? " under its other name" : "")
    }
}

extension Setup {
    /// The matrix.
    package static let variants: [Variant] = [
        // With smaller memtables than the tunings have: the engine makes room for a log of their size with each new
        // one.
        Variant(name: "documented") {
            $0.namespaceTuning.memtableSize = .mebibytes(8)
            $0.metadataTuning.memtableSize = .mebibytes(4)
        },
        Variant(name: "before") {
            $0 = $0.with(.before)
            $0.namespaceTuning.memtableSize = .mebibytes(4)
            $0.metadataTuning.memtableSize = .mebibytes(4)
        },
        tiny("tiny") { _ in },
        // Changes that are kept, in either layout, and so few that some are gone.
        tiny("changes", changes: ChangeRetention()) { _ in },
        tiny("changes-single", layout: .singleDatabase, changes: ChangeRetention()) { _ in },
        tiny("changes-few", changes: ChangeRetention(upTo: .mebibytes(1))) { _ in },
        tiny("tiny-bare") {
            $0.compression = .none
            $0.bloomBitsPerKey = 0
            $0.dataBlockHashIndex = false
            $0.blockRestartInterval = 1
        },
        tiny("tiny-lz4") {
            $0.compression = .lz4
            $0.bottommostCompression = .zstd
            $0.dataBlockHashIndex = false
        },
        tiny("tiny-zstd") {
            $0.compression = .zstd
            $0.bloomBitsPerKey = 0
            $0.maxOpenFiles = 20
        },
        Variant(name: "cacheless") {
            $0.namespaceTuning.makeTiny()
            $0.metadataTuning.makeTiny()
            $0.blockCache = .shared(.kibibytes(0))
        },
        // Values that were read are kept, and go all the time.
        tiny("caching") { $0.valueCache = .kibibytes(64) },
        tiny("caching-single", layout: .singleDatabase) { $0.valueCache = .mebibytes(1) },
        // Commits gather in front of the engine, and have to be handed on all the time.
        tiny("gathering") { $0.commitBuffer = .kibibytes(64) },
        tiny("gathering-single", layout: .singleDatabase) {
            $0.commitBuffer = .mebibytes(1)
            $0.valueCache = .kibibytes(64)
        },
        // Keeps the log beyond flushes, so that changes are all there.
        tiny("logged") { $0.walRetentionSize = .gibibytes(1) },
        Variant(name: "crowded") {
            $0.namespaceTuning.makeTiny()
            $0.metadataTuning.makeTiny()
            $0.maxOpenNamespaces = 2
        },
        tiny("single", layout: .singleDatabase) { _ in },
        Variant(name: "single-documented") {
            $0.namespaceTuning.memtableSize = .mebibytes(8)
            $0.metadataTuning.memtableSize = .mebibytes(4)
            $0.layout = .singleDatabase
        },
        Variant(name: "memory", isInMemory: true) {
            $0.namespaceTuning.makeTiny()
            $0.metadataTuning.makeTiny()
            $0.walSyncInterval = nil
        },
        Variant(name: "relative", isRelative: true) {
            $0.namespaceTuning.makeTiny()
            $0.metadataTuning.makeTiny()
            $0.maxOpenNamespaces = 3
        },
        Variant(name: "synced") {
            $0.namespaceTuning.makeTiny()
            $0.metadataTuning.makeTiny()
            $0.durability = .synced
            $0.walSyncInterval = nil
        },
    ]

    private static func tiny(
        _ name: String, layout: Store.Layout? = nil, changes: ChangeRetention? = nil,
        _ change: @escaping @Sendable (inout Tuning) -> Void
    ) -> Variant {
        Variant(name: name, changes: changes) {
            $0.layout = layout
            $0.namespaceTuning.makeTiny()
            $0.metadataTuning.makeTiny()
            $0.walSyncInterval = .milliseconds(20)
            $0.blockCache = .perNamespace
            change(&$0.namespaceTuning)
        }
    }

    /// Whether changes are missing only where the log was passed by.
    var keepsLog: Bool { variant.name == "logged" }

    /// Whether an open namespace costs another one its place, so that a change of namespace is dear.
    var isCrowded: Bool { variant.name == "crowded" }
}

extension Tuning {
    /// Memtables and caches so small that flushes and compactions come all the time.
    fileprivate mutating func makeTiny() {
        memtableSize = .kibibytes(64)
        maxMemtables = 3
        level0CompactionTrigger = 2
        level0SlowdownTrigger = 20
        level0StopTrigger = 30
        blockCacheCapacity = .kibibytes(256)
        maxConcurrentCompactions = 1
    }
}

extension StoreConfiguration {
    /// The same with the tuning that the documented one replaced.
    fileprivate func with(_ tuning: Tuning) -> StoreConfiguration {
        var configuration = self
        configuration.namespaceTuning = tuning
        configuration.metadataTuning = tuning
        configuration.blockCache = .perNamespace
        return configuration
    }
}
