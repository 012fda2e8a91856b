import Foundation
import KVStore
import SystemPackage

@testable import KVBench

/// An engine in memory that can be told to lie, to show that the workloads notice.
final class FakeEngine: BenchEngine, @unchecked Sendable {  // everything in it is guarded by the lock
    enum Lie: CaseIterable {
        case missingMessage
        case corruptMessage
        case shortMessage
        case shortPage
        case emptyPage
        case reversedPage
        case gapInPage
        case pageOfOtherMessages
        case brokenNumber
        case lostUpdate
        case doubledUpdate
        case failedWrite
        case failedRead
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let build = EngineBuild(version: "1", build: "fake")
    let durability = Durability.buffered
    let lie: Lie?
    private let lock = NSLock()
    private var keyspaces: [[String: [UInt8]]]
    private let timeToLive: Duration?
    /// When the entries of each keyspace were set, where they do not live for ever.
    private var times: [[String: ContinuousClock.Instant]]
    private var transactions = 0
    private var updates = 0
    private var messageReads = 0
    private(set) var isClosed = false

    init(_ settings: EngineSettings, lie: Lie? = nil) {
        self.lie = lie
        keyspaces = Array(repeating: [:], count: settings.keyspaces)
        times = Array(repeating: [:], count: settings.keyspaces)
        timeToLive = settings.timeToLive
    }

    /// A catalog entry that opens such an engine and hands it to `opened` for the test to look at.
    static func entry(
        lie: Lie? = nil, opened: @escaping @Sendable (FakeEngine) -> Void = { _ in }
    ) -> EngineEntry {
        EngineEntry(name: "fake", summary: "") { settings in
            let engine = FakeEngine(settings, lie: lie)
            opened(engine)
            return engine
        }
    }

    func makeSession() -> FakeSession { FakeSession(self) }
    func gauges() -> EngineGauges { EngineGauges(level0Files: 3, pendingCompactionBytes: 4096) }
    func close() { lock.withLock { isClosed = true } }

    /// Everything in one keyspace.
    func content(of keyspace: Int) -> [String: [UInt8]] {
        lock.withLock {
            timeToLive == nil ? keyspaces[keyspace] : keyspaces[keyspace].filter { lives($0.key, in: keyspace) }
        }
    }

    private func entry(_ key: String, in keyspace: Int) -> [UInt8]? {
        lock.withLock { lives(key, in: keyspace) ? keyspaces[keyspace][key] : nil }
    }

    private func lives(_ key: String, in keyspace: Int) -> Bool {
        guard let timeToLive, let time = times[keyspace][key] else { return true }
        return .now < time.advanced(by: timeToLive)
    }

    fileprivate func run(_ update: inout some BenchUpdate, in keyspace: Int) throws {
        try lock.withLock {
            updates += 1
            if lie == .failedWrite, updates % 5 == 0 { throw Failure(description: "no space left") }
            var transaction = FakeTransaction(content: keyspaces[keyspace])
            try update.run(in: &transaction)
            switch lie {
            case .lostUpdate where updates % 20 == 0: break
            case .doubledUpdate where updates % 20 == 0:
                keyspaces[keyspace] = transaction.content
                transaction = FakeTransaction(content: keyspaces[keyspace])
                try update.run(in: &transaction)
                keyspaces[keyspace] = transaction.content
            default: keyspaces[keyspace] = transaction.content
            }
        }
    }

    fileprivate func commit(_ batch: inout some BenchBatch, in keyspace: Int) throws {
        try lock.withLock {
            var transaction = FakeTransaction(content: keyspaces[keyspace])
            try batch.write(to: &transaction)
            keyspaces[keyspace] = transaction.content
        }
    }

    fileprivate func set(_ key: String, to value: [UInt8]?, in keyspace: Int) {
        lock.withLock {
            keyspaces[keyspace][key] = value
            if timeToLive != nil { times[keyspace][key] = .now }
        }
    }

    fileprivate func add(_ number: Int64, to key: String, in keyspace: Int) {
        lock.withLock {
            let sum = (keyspaces[keyspace][key].flatMap { MergeOperator.number(in: $0) } ?? 0) &+ number
            keyspaces[keyspace][key] = MergeOperator.number(sum)
        }
    }

    /// Runs every fifth transaction twice, as if another had changed what it read, and keeps so many of its writes.
    fileprivate func transact(
        _ update: inout some BenchUpdate, in keyspace: Int, keeping kept: Int
    ) throws -> Int {
        try lock.withLock {
            transactions += 1
            let conflicts = transactions % 5 == 0 ? 1 : 0
            for attempt in 0...conflicts {
                var transaction = FakeTransaction(content: keyspaces[keyspace])
                try update.run(in: &transaction)
                guard attempt == conflicts else { continue }
                let written = transaction.content.filter { keyspaces[keyspace][$0.key] != $0.value }
                for (key, value) in written.sorted(by: { $0.key < $1.key }).prefix(kept) {
                    keyspaces[keyspace][key] = value
                }
            }
            return conflicts
        }
    }

    fileprivate func value(of key: String, in keyspace: Int) throws -> [UInt8]? {
        guard var value = entry(key, in: keyspace), key.hasPrefix("M:") else { return entry(key, in: keyspace) }
        let reads = lock.withLock {
            messageReads += 1
            return messageReads
        }
        guard reads % 7 == 0 else { return value }
        switch lie {
        case .missingMessage: return nil
        case .corruptMessage: value[value.count / 2] ^= 1
        case .shortMessage: value.removeLast()
        case .failedRead: throw Failure(description: "bad sector")
        default: break
        }
        return value
    }

    fileprivate func page(_ prefix: String, limit: Int, in keyspace: Int) -> [(key: String, value: [UInt8])] {
        let found = content(of: keyspace).filter { $0.key.hasPrefix(prefix) }.sorted { $0.key < $1.key }
        let page = found.prefix(limit).map { (key: $0.key, value: $0.value) }
        switch lie {
        case .shortPage: return page.dropLast()
        case .emptyPage: return []
        case .reversedPage: return page.reversed()
        case .gapInPage where page.count > 2: return [page[0]] + page.dropFirst(2)
        case .pageOfOtherMessages where page.count > 2:
            return page.enumerated().map { index, entry in (entry.key, page[(index + 1) % page.count].value) }
        case .brokenNumber: return page.map { ($0.key, $0.value.dropLast() + [UInt8(ascii: "x")]) }
        default: return page
        }
    }
}

/// A worker's view of the engine in memory.
final class FakeSession: BenchSession {
    private let engine: FakeEngine

    init(_ engine: FakeEngine) { self.engine = engine }

    func run(_ update: inout some BenchUpdate, in keyspace: Int) throws {
        try engine.run(&update, in: keyspace)
    }

    func put(_ key: RawSpan, _ value: RawSpan, in keyspace: Int) {
        engine.set(String(copying: key), to: [UInt8](value), in: keyspace)
    }

    func merge(_ key: RawSpan, _ operand: RawSpan, in keyspace: Int) {
        engine.add(MergeOperator.number(in: [UInt8](operand)) ?? 0, to: String(copying: key), in: keyspace)
    }

    func transact(_ update: inout some BenchUpdate, in keyspace: Int) throws -> Int {
        try transact(&update, in: keyspace, keeping: .max)
    }

    func transact(_ update: inout some BenchUpdate, in keyspace: Int, keeping kept: Int) throws -> Int {
        try engine.transact(&update, in: keyspace, keeping: kept)
    }

    func delete(_ key: RawSpan, in keyspace: Int) {
        engine.set(String(copying: key), to: nil, in: keyspace)
    }

    func commit(_ batch: inout some BenchBatch, in keyspace: Int) throws {
        try engine.commit(&batch, in: keyspace)
    }

    func settle() {}

    func read(_ key: RawSpan, in keyspace: Int, _ body: (RawSpan) throws -> Void) throws -> Bool {
        guard let value = try engine.value(of: String(copying: key), in: keyspace) else { return false }
        try body(value.span.bytes)
        return true
    }

    func scan(
        prefix: RawSpan, limit: Int, in keyspace: Int, _ body: (_ key: RawSpan, _ value: RawSpan) throws -> Void
    ) throws {
        for (key, value) in engine.page(String(copying: prefix), limit: limit, in: keyspace) {
            try body(Array(key.utf8).span.bytes, value.span.bytes)
        }
    }

    func scan(
        from key: RawSpan, limit: Int, in keyspace: Int, _ body: (_ key: RawSpan, _ value: RawSpan) throws -> Void
    ) throws {
        let first = String(copying: key)
        let found = engine.content(of: keyspace).filter { $0.key >= first }.sorted { $0.key < $1.key }
        for (key, value) in found.prefix(limit) {
            try body(Array(key.utf8).span.bytes, value.span.bytes)
        }
    }
}

/// The content as an update would leave it.
struct FakeTransaction: BenchTransaction {
    var content: [String: [UInt8]]

    func read(_ key: RawSpan, _ body: (RawSpan) throws -> Void) throws -> Bool {
        guard let value = content[String(copying: key)] else { return false }
        try body(value.span.bytes)
        return true
    }

    mutating func put(_ key: RawSpan, _ value: RawSpan) {
        content[String(copying: key)] = value.withUnsafeBytes { Array($0) }
    }
}

extension String {
    init(copying bytes: RawSpan) {
        self = bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }
}
