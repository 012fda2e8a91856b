import KVStore

/// This library without its `update`: read-modify-writes are plain reads and a batch commit under a lock of the caller's,
/// as an application would write them over an engine that has no such call.
final class LockedKVStoreEngine: BenchEngine {
    static let entry = EngineEntry(
        name: "kvstore-locked", summary: "this library, updates made of reads and a batch under the caller's own lock",
        isThisLibrary: true, features: [.merges, .optimisticTransactions, .timeToLive, .ownProcess],
        takesSyncInterval: true,
        takesSettings: true,
        takesLayout: true, open: { try LockedKVStoreEngine($0) })

    private let engine: KVStoreEngine
    private let locks: [ThreadLock]

    init(_ settings: EngineSettings) throws {
        engine = try KVStoreEngine(settings)
        locks = (0..<settings.keyspaces).map { _ in ThreadLock() }
    }

    var build: EngineBuild { engine.build }
    var durability: Durability { engine.durability }
    var effectiveSettings: [String: String] { engine.effectiveSettings }

    func makeSession() -> LockedKVStoreSession { LockedKVStoreSession(engine.makeSession(), locks) }

    func gauges() throws -> EngineGauges { try engine.gauges() }

    func statistics() throws -> [String: Double] { try engine.statistics() }

    func close() throws { try engine.close() }
}

/// A worker's view of the store: the library's but for updates.
final class LockedKVStoreSession: ForwardingSession {
    let base: KVStoreSession
    private let locks: [ThreadLock]
    /// Used again for every update, so that it keeps its memory.
    private var spare: WriteBatch?

    init(_ session: KVStoreSession, _ locks: [ThreadLock]) {
        base = session
        self.locks = locks
    }

    func run(_ update: inout some BenchUpdate, in keyspace: Int) throws {
        locks[keyspace].lock()
        defer { locks[keyspace].unlock() }
        var transaction = LockedTransaction(base, keyspace, spare.take() ?? WriteBatch())
        defer { spare = transaction.writes }
        transaction.writes.clear()
        try update.run(in: &transaction)
        try base.commit(transaction.writes, in: keyspace)
    }

    func merge(_ key: RawSpan, _ operand: RawSpan, in keyspace: Int) throws {
        try base.merge(key, operand, in: keyspace)
    }

    func transact(_ update: inout some BenchUpdate, in keyspace: Int) throws -> Int {
        try base.transact(&update, in: keyspace)
    }
}

/// An update's reads of the database, and its writes on the way there.
private struct LockedTransaction: BenchTransaction {
    private let session: KVStoreSession
    private let keyspace: Int
    var writes: WriteBatch

    init(_ session: KVStoreSession, _ keyspace: Int, _ writes: WriteBatch) {
        self.session = session
        self.keyspace = keyspace
        self.writes = writes
    }

    mutating func read(_ key: RawSpan, _ body: (RawSpan) throws -> Void) throws -> Bool {
        // No workload reads what it has just written; one that did would find it, slowly.
        if !writes.isEmpty, let write = writes.writes.last(where: { $0.key.span.bytes.equals(key) }) {
            guard case .put(_, let value) = write else { return false }
            try body(value.span.bytes)
            return true
        }
        return try session.read(key, in: keyspace, body)
    }

    mutating func put(_ key: RawSpan, _ value: RawSpan) throws { writes.put(key, value) }
}

extension WriteBatch.Write {
    fileprivate var key: [UInt8] {
        switch self {
        case .put(let key, _), .putForTime(let key, _, _), .merge(let key, _), .delete(let key),
            .deleteRange(let key, _):
            key
        }
    }
}
