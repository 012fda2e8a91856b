import Foundation
import KVStore

@testable import KVBench

/// An engine in memory that lies about entries, to show that the keyed workloads notice.
struct LyingEngine: BenchEngine {
    enum Lie: CaseIterable {
        case missingValue, corruptValue, shortValue, failedRead, valueOfMissingKey
        case lostPut, lostDelete, failedWrite, lostBatch, halfBatch, lostUpdate
        case lostMerge, doubledMerge, lostTransfer, halfTransfer, livesOn, diesEarly
        case skippedEntry, shortScan, reversedScan, corruptScan, entryOfNoOne
    }

    let lie: Lie?
    private let base: FakeEngine

    /// A catalog entry that opens such an engine.
    static func entry(_ lie: Lie?) -> EngineEntry {
        EngineEntry(name: "lying", summary: "", features: Set(EngineFeature.allCases)) { settings in
            var settings = settings
            if lie == .livesOn { settings.timeToLive = nil }
            if lie == .diesEarly { settings.timeToLive = .milliseconds(1) }
            return LyingEngine(lie: lie, base: FakeEngine(settings))
        }
    }

    var build: EngineBuild { base.build }
    var durability: Durability { base.durability }
    func makeAsyncSession() -> any AsyncBenchSession { LyingAsyncSession(engine: self) }
    func makeSession() -> LyingSession { LyingSession(base.makeSession(), lie) }
    func gauges() -> EngineGauges { base.gauges() }
    func close() { base.close() }
}

/// A session whose every third call of the kind that the lie is about goes wrong.
final class LyingSession: ForwardingSession {
    let base: FakeSession
    private let lie: LyingEngine.Lie?
    private var calls = 0

    init(_ base: FakeSession, _ lie: LyingEngine.Lie?) {
        self.base = base
        self.lie = lie
    }

    /// Whether this call is to go wrong, in one of these ways.
    private func lies(_ lies: LyingEngine.Lie...) -> LyingEngine.Lie? {
        guard let lie, lies.contains(lie) else { return nil }
        calls += 1
        return calls % 3 == 0 ? lie : nil
    }

    func run(_ update: inout some BenchUpdate, in keyspace: Int) throws {
        if lies(.lostUpdate) == nil { try base.run(&update, in: keyspace) }
    }

    func put(_ key: RawSpan, _ value: RawSpan, in keyspace: Int) throws {
        switch lies(.lostPut, .failedWrite) {
        case .lostPut: break
        case .failedWrite: throw FakeEngine.Failure(description: "no space left")
        default: base.put(key, value, in: keyspace)
        }
    }

    func merge(_ key: RawSpan, _ operand: RawSpan, in keyspace: Int) throws {
        switch lies(.lostMerge, .doubledMerge) {
        case .lostMerge: return
        case .doubledMerge: base.merge(key, operand, in: keyspace)
        default: break
        }
        base.merge(key, operand, in: keyspace)
    }

    func transact(_ update: inout some BenchUpdate, in keyspace: Int) throws -> Int {
        let kept =
            switch lies(.lostTransfer, .halfTransfer) {
            case .lostTransfer: 0
            case .halfTransfer: 1
            default: Int.max
            }
        return try base.transact(&update, in: keyspace, keeping: kept)
    }

    func delete(_ key: RawSpan, in keyspace: Int) throws {
        if lies(.lostDelete) == nil { base.delete(key, in: keyspace) }
    }

    func commit(_ batch: inout some BenchBatch, in keyspace: Int) throws {
        guard let lie = lies(.lostBatch, .halfBatch) else { return try base.commit(&batch, in: keyspace) }
        var writes = FakeTransaction(content: [:])
        try batch.write(to: &writes)
        guard lie == .halfBatch else { return }
        for (key, value) in writes.content.prefix(writes.content.count / 2) {
            base.put(Array(key.utf8).span.bytes, value.span.bytes, in: keyspace)
        }
    }

    func read(_ key: RawSpan, in keyspace: Int, _ body: (RawSpan) throws -> Void) throws -> Bool {
        guard let lie = lies(.missingValue, .corruptValue, .shortValue, .failedRead, .valueOfMissingKey) else {
            return try base.read(key, in: keyspace, body)
        }
        switch lie {
        case .missingValue: return false
        case .failedRead: throw FakeEngine.Failure(description: "bad sector")
        case .valueOfMissingKey: return true
        default: break
        }
        return try base.read(key, in: keyspace) { value in
            var value = [UInt8](value)
            if lie == .shortValue { value.removeLast() } else { value[value.count / 2] ^= 1 }
            try body(value.span.bytes)
        }
    }

    func scan(
        from key: RawSpan, limit: Int, in keyspace: Int, _ body: (_ key: RawSpan, _ value: RawSpan) throws -> Void
    ) throws {
        guard let lie = lies(.skippedEntry, .shortScan, .reversedScan, .corruptScan, .entryOfNoOne) else {
            return try base.scan(from: key, limit: limit, in: keyspace, body)
        }
        var entries: [(key: [UInt8], value: [UInt8])] = []
        try base.scan(from: key, limit: limit, in: keyspace) { entries.append(([UInt8]($0), [UInt8]($1))) }
        guard !entries.isEmpty else { return }
        switch lie {
        case .skippedEntry: entries.removeFirst()
        case .shortScan: entries.removeLast()
        case .reversedScan: entries.reverse()
        case .corruptScan: entries[0].value[5] ^= 1
        default: entries[0].key[0] = UInt8(ascii: "x")
        }
        for entry in entries { try body(entry.key.span.bytes, entry.value.span.bytes) }
    }

    func settle() {}
}

/// The same lies to tasks. One session serves all, so that every third call of all of them goes wrong.
final class LyingAsyncSession: AsyncBenchSession, @unchecked Sendable {  // the session is guarded by the lock
    private let session: LyingSession
    private let lock = NSLock()

    init(engine: LyingEngine) { session = engine.makeSession() }

    func put(_ key: [UInt8], _ value: [UInt8], in keyspace: Int) async throws {
        try lock.withLock { try session.put(key.span.bytes, value.span.bytes, in: keyspace) }
        await Task.yield()
    }

    func delete(_ key: [UInt8], in keyspace: Int) async throws {
        try lock.withLock { try session.delete(key.span.bytes, in: keyspace) }
        await Task.yield()
    }

    func read(_ key: [UInt8], in keyspace: Int) async throws -> [UInt8]? {
        await Task.yield()
        return try lock.withLock {
            var value: [UInt8] = []
            return try session.read(key.span.bytes, in: keyspace) { value = [UInt8]($0) } ? value : nil
        }
    }

    func scan(from key: [UInt8], limit: Int, in keyspace: Int) async throws -> [(key: [UInt8], value: [UInt8])] {
        await Task.yield()
        return try lock.withLock {
            var found: [(key: [UInt8], value: [UInt8])] = []
            try session.scan(from: key.span.bytes, limit: limit, in: keyspace) {
                found.append(([UInt8]($0), [UInt8]($1)))
            }
            return found
        }
    }

    func run(_ update: some BenchUpdate & Sendable, in keyspace: Int) async throws {
        try lock.withLock {
            var update = update
            try session.run(&update, in: keyspace)
        }
        await Task.yield()
    }
}
