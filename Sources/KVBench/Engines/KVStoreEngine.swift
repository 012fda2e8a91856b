import KVStore
import SystemPackage

/// This library itself: one store, a namespace per keyspace.
final class KVStoreEngine: BenchEngine {
    static let entry = EngineEntry(
        name: "kvstore", summary: "this library over RocksDB (default)", isThisLibrary: true,
        features: Set(EngineFeature.allCases), takesSyncInterval: true,
        takesSettings: true,
        takesLayout: true,
        open: { try KVStoreEngine($0) })

    let build: EngineBuild
    let durability: Durability
    let effectiveSettings: [String: String]
    let store: Store
    let namespaces: [Namespace]

    init(_ settings: EngineSettings) throws {
        var configuration =
            switch settings.tuning {
            case .documented: StoreConfiguration()
            case .before: StoreConfiguration.before
            }
        let tuning = try settings.fields
        configuration.namespaceTuning = tuning
        if case .shared = configuration.blockCache { configuration.blockCache = .shared(tuning.blockCacheCapacity) }
        // The default is what one namespace with the documented tuning can take; so it is with another.
        configuration.memtableLimit = configuration.memtableLimit.map { max($0, tuning.memtableBudget) }
        configuration.layout = settings.layout?.layout
        configuration.durability = settings.durability ?? configuration.durability
        if let interval = settings.walSyncInterval { configuration.walSyncInterval = interval.duration }
        // Every namespace is in use all the time: none may be closed to make room for another.
        configuration.maxOpenNamespaces = max(configuration.maxOpenNamespaces, settings.keyspaces)
        configuration.collectsEngineStatistics = settings.collectsStatistics
        // That writers are held up is in the result.
        configuration.logWarningsOnly()
        durability = configuration.durability ?? configuration.namespaceTuning.durability
        let engine = try EngineInfo.current()
        build = EngineBuild(version: engine.version, build: engine.build)
        let store = try Store.open(at: settings.directory, configuration: configuration)
        self.store = store
        effectiveSettings = try tuning.fields().merging(
            [
                "durability": durability.rawValue, "layout": "\(store.layout)",
                "walSyncInterval": configuration.walSyncInterval.map { "\($0)" } ?? "none",
                "memtableLimit": configuration.memtableLimit.map { "\($0.bytes)" } ?? "none",
                "maxOpenNamespaces": "\(configuration.maxOpenNamespaces)",
            ]) { _, effective in effective }
        let options = NamespaceOptions(
            mergeOperator: settings.features.contains(.merges) ? .add64 : nil, timeToLive: settings.timeToLive)
        namespaces = try (0..<settings.keyspaces).map {
            try store.namespace("bench-\($0)", createIfMissing: true, options: options)
        }
    }

    func makeSession() -> KVStoreSession {
        KVStoreSession(namespaces)
    }

    func makeAsyncSession() -> any AsyncBenchSession { KVStoreAsyncSession(namespaces: namespaces) }

    func gauges() throws -> EngineGauges {
        let families = namespaces.map { namespace in { (name: String) in try namespace.property(name) } }
        return try EngineGauges(
            families: families, databases: store.layout == .singleDatabase ? Array(families.prefix(1)) : families)
    }

    func statistics() throws -> [String: Double] {
        var found: [String: Double] = [:]
        for name in RocksDBProperties.statistics { found[name] = Double(try sum(name)) }
        for name in RocksDBProperties.shared {
            found[name] = try namespaces.first?.property(name).flatMap { Double($0) }
        }
        return found
    }

    func close() throws {
        try store.close()
    }

    private func sum(_ property: String) throws -> Int {
        try namespaces.reduce(0) { total, namespace in
            total + (try namespace.property(property).flatMap { Int($0) } ?? 0)
        }
    }
}

/// A worker's view of the store. The namespaces are shared: the library is made for many threads.
final class KVStoreSession: BenchSession {
    private let namespaces: [Namespace]
    /// Used again for every commit, so that it keeps its memory.
    private var writes = WriteBatch()

    init(_ namespaces: [Namespace]) {
        self.namespaces = namespaces
    }

    func run(_ update: inout some BenchUpdate, in keyspace: Int) throws {
        try namespaces[keyspace].update { try update.run(in: &$0) }
    }

    func put(_ key: RawSpan, _ value: RawSpan, in keyspace: Int) throws {
        try namespaces[keyspace].put(key, value)
    }

    func merge(_ key: RawSpan, _ operand: RawSpan, in keyspace: Int) throws {
        try namespaces[keyspace].merge(key, operand)
    }

    func transact(_ update: inout some BenchUpdate, in keyspace: Int) throws -> Int {
        var attempts = 0
        try namespaces[keyspace].transaction(maxAttempts: Self.mostAttempts) { transaction in
            attempts += 1
            var transaction = OptimisticTransaction(transaction: transaction)
            try update.run(in: &transaction)
        }
        return attempts - 1
    }

    /// So many that one which needs more says that something is wrong.
    private static let mostAttempts = 10_000

    func delete(_ key: RawSpan, in keyspace: Int) throws {
        try namespaces[keyspace].delete(key)
    }

    func commit(_ batch: inout some BenchBatch, in keyspace: Int) throws {
        writes.clear()
        try batch.write(to: &writes)
        try commit(writes, in: keyspace)
    }

    func commit(_ writes: WriteBatch, in keyspace: Int) throws {
        try namespaces[keyspace].commit(writes)
    }

    func read(_ key: RawSpan, in keyspace: Int, _ body: (RawSpan) throws -> Void) throws -> Bool {
        try namespaces[keyspace].withValue(for: key, body) != nil
    }

    func scan(
        prefix: RawSpan, limit: Int, in keyspace: Int, _ body: (_ key: RawSpan, _ value: RawSpan) throws -> Void
    ) throws {
        try scan(prefix.withUnsafeBytes { .prefix($0) }, limit: limit, in: keyspace, body)
    }

    func scan(
        from key: RawSpan, limit: Int, in keyspace: Int, _ body: (_ key: RawSpan, _ value: RawSpan) throws -> Void
    ) throws {
        try scan(key.withUnsafeBytes { KeyRange(from: $0) }, limit: limit, in: keyspace, body)
    }

    func settle() throws {
        for namespace in namespaces {
            try namespace.flush()
            try namespace.compact()
        }
    }

    private func scan(
        _ range: KeyRange, limit: Int, in keyspace: Int, _ body: (_ key: RawSpan, _ value: RawSpan) throws -> Void
    ) throws {
        var cursor = try namespaces[keyspace].cursor(range)
        var visited = 0
        while visited < limit, try cursor.next() {
            try body(cursor.key, cursor.value)
            visited += 1
        }
    }
}

extension WriteBatch: BenchWriter {}

/// A transaction of the library as updates see it.
private struct OptimisticTransaction: BenchTransaction {
    let transaction: Transaction

    func read(_ key: RawSpan, _ body: (RawSpan) throws -> Void) throws -> Bool {
        guard let value = try transaction.get(key) else { return false }
        try body(value.span.bytes)
        return true
    }

    func put(_ key: RawSpan, _ value: RawSpan) throws { try transaction.put(key, value) }
}

extension Update: BenchTransaction {
    mutating func read(_ key: RawSpan, _ body: (RawSpan) throws -> Void) throws -> Bool {
        guard let value = try get(key) else { return false }
        try body(value.span.bytes)
        return true
    }
}
