import Foundation
import Testing

@testable import KVStore

@Suite("Values that are kept above the engine")
struct ValueCacheTests {
    private static func configuration(_ size: ByteCount = .mebibytes(1)) -> StoreConfiguration {
        var configuration = StoreConfiguration.tiny
        configuration.namespaceTuning.valueCache = size
        return configuration
    }

    /// Whether a key is answered without the engine.
    private func isKept(_ key: String, _ namespace: Namespace) throws -> Bool {
        let values = try #require(namespace.slot.columnFamily?.values)
        return key.withBytes { key in values.find(key, values.look(for: key)) != nil }
    }

    private static let writes: [(String, @Sendable (Store, Namespace) throws -> Void)] = [
        ("put", { _, namespace in try namespace.put("key", "new") }),
        ("synced put", { _, namespace in try namespace.put("key", "new", durability: .synced) }),
        ("unlogged put", { _, namespace in try namespace.put("key", "new", durability: .unlogged) }),
        ("batch", { _, namespace in try namespace.write { $0.put("key", "new") } }),
        ("update", { _, namespace in try namespace.update { $0.put("key", "new") } }),
        ("transaction", { _, namespace in try namespace.transaction { try $0.put("key", "new") } }),
        (
            "delete and put",
            { _, namespace in
                try namespace.delete("key")
                #expect(try namespace.get("key") == nil)
                try namespace.put("key", "new")
            }
        ),
        (
            "range deletion and put",
            { _, namespace in
                try namespace.deleteRange(.prefix("k"))
                #expect(try namespace.get("key") == nil)
                try namespace.put("key", "new")
            }
        ),
        ("load", { _, namespace in try namespace.ingest([(key: "key", value: "new")]) }),
        (
            "write to several",
            { store, namespace in
                let other = try store.createNamespace("other")
                // Several only where they share a database.
                _ = try store.write {
                    $0.put("key", "new", in: namespace)
                    if store.layout == .singleDatabase { $0.put("key", "new", in: other) }
                }
            }
        ),
    ]

    @Test("What was read is kept, and whatever writes to it takes it out", arguments: writes.indices)
    func invalidation(_ number: Int) throws {
        let (name, write) = Self.writes[number]
        try withTemporaryStore(Self.configuration()) { store, namespace in
            try namespace.put("key", "old")
            #expect(try !isKept("key", namespace))
            for _ in 0..<2 { #expect(try namespace.get("key") == "old".bytes) }
            #expect(try isKept("key", namespace))
            let snapshot = try namespace.snapshot()
            try write(store, namespace)
            #expect(try namespace.get("key") == "new".bytes, "\(name)")
            #expect(try snapshot.get("key") == "old".bytes, "\(name)")
            #expect(try namespace.get("key") == "new".bytes, "\(name)")
            try namespace.reopen()
            #expect(try namespace.get("key") == "new".bytes, "\(name)")
        }
    }

    @Test("Values of merges, with an end of their time and of any size come back as they are")
    func formats() async throws {
        let clock = ManualClock()
        var configuration = Self.configuration(.kibibytes(64))
        configuration.timeToLiveClock = { clock.now }
        try await withTemporaryStore(configuration) { store, _ in
            let sums = try await store.createNamespace("sums", options: NamespaceOptions(mergeOperator: .add64))
            for count in 1...5 {
                try await sums.merge("key", MergeOperator.number(1))
                for _ in 0..<3 { #expect(try await sums.get("key")?.count == 8, "\(count)") }
            }
            let passing = try await store.createNamespace(
                "passing", options: NamespaceOptions(timeToLive: .seconds(60)))
            try await passing.put("key", "value")
            for _ in 0..<3 { #expect(try await passing.get("key") == "value".bytes) }
            clock.advance(61)
            #expect(try await passing.get("key") == nil)
            let values = try await store.createNamespace("values")
            for size in [0, 1, 100, 8_000, 20_000, 100_000] {
                let value = [UInt8](repeating: 7, count: size)
                try await values.put("\(size)", value)
                for _ in 0..<3 { #expect(try await values.get("\(size)") == value) }
                for _ in 0..<3 { #expect(try await values.withValue(for: "\(size)") { $0.byteCount } == size) }
            }
        }
    }

    @Test("It takes no more memory than it was given, and what is asked for again and again stays")
    func bound() throws {
        let size = ByteCount.kibibytes(64)
        try withTemporaryStore(Self.configuration(size)) { store, namespace in
            try namespace.write {
                for number in 0..<5000 { $0.put("key/\(number)", String(repeating: "v", count: 100)) }
            }
            for number in 0..<5000 {
                for _ in 0..<2 { _ = try namespace.get("key/\(number)") }
                _ = try namespace.get("key/7")
                #expect(store.memoryUsage.valueCaches <= size)
            }
            #expect(store.memoryUsage.valueCaches > .kibibytes(48))
            #expect(try isKept("key/7", namespace))
            #expect(try !isKept("key/8", namespace))
            #expect(store.memoryBudget > .kibibytes(64))
        }
    }

    @Test("What is asked for once does not drive out what is there")
    func onceOnly() throws {
        try withTemporaryStore(Self.configuration(.kibibytes(64))) { _, namespace in
            try namespace.write {
                for number in 0..<5000 { $0.put("key/\(number)", String(repeating: "v", count: 100)) }
            }
            // Until it is full.
            for number in 0..<300 { _ = try namespace.get("key/\(number)") }
            let kept = try (0..<300).filter { try isKept("key/\($0)", namespace) }
            for number in 300..<400 { _ = try namespace.get("key/\(number)") }
            let stillKept = try kept.filter { try isKept("key/\($0)", namespace) }
            #expect(stillKept.count > kept.count / 2)
        }
    }

    @Test("A pinned value stays as it was when its key is written to, and when the store is closed")
    func pinned() throws {
        try withTemporaryStore(Self.configuration()) { store, namespace in
            try namespace.put("key", "old")
            for _ in 0..<2 { _ = try namespace.get("key") }
            guard let pinned = try namespace.pinned("key") else { throw NoValue() }
            try namespace.put("key", "new")
            #expect(Array(pinned.bytes) == "old".bytes)
            try store.close()
            #expect(Array(pinned.bytes) == "old".bytes)
        }
    }

    private struct NoValue: Error {}

    /// Each key has one thread that writes to it, counting up, by calls of every kind; all others read. What a reader sees
    /// is never older than what was acknowledged before its read began, nor than what it has seen itself.
    @Test(
        "No reader sees what is older than the last acknowledged write",
        arguments: [ByteCount.kibibytes(64), .mebibytes(4)])
    func neverStale(_ size: ByteCount) throws {
        var random = SeededRandom(test: "Values above the engine")
        let seeds = (0..<6).map { _ in random.next() }
        try withTemporaryStore(Self.configuration(size)) { _, namespace in
            let acknowledged = (0..<64).map { _ in SharedNumber() }
            let isOver = Flag()
            try onThreads(6) { thread in
                var random = SeededRandom(seed: seeds[thread])
                guard thread < 2 else {
                    var seen = [Int](repeating: 0, count: 64)
                    var reads = 0
                    while !isOver.isSet || reads < 1000 {
                        let key = Int.random(in: 0..<64, using: &random)
                        let before = max(acknowledged[key].value, seen[key])
                        let value = try namespace.get("key/\(key)").map { String(decoding: $0, as: UTF8.self) }
                        let number = value.flatMap { Int($0) } ?? 0
                        #expect(number >= before, "key \(key)")
                        seen[key] = number
                        reads += 1
                    }
                    return
                }
                defer { isOver.set() }
                for number in 1...3000 {
                    // Even ones are the first thread's.
                    let key = 2 * Int.random(in: 0..<32, using: &random) + thread
                    let (name, text) = ("key/\(key)", "\(number)")
                    switch Int.random(in: 0..<16, using: &random) {
                    case 0: try namespace.write { $0.put(name, text) }
                    case 1: try namespace.update { $0.put(name, text) }
                    case 2: try namespace.transaction { try $0.put(name, text) }
                    case 3 where number % 50 == 0: try namespace.ingest([(key: name, value: text)])
                    case 4:
                        try namespace.write {
                            $0.deleteRange(name..<(name + "\u{0}"))
                            $0.put(name, text)
                        }
                    case 5: try namespace.put(name, text, durability: .synced)
                    default: try namespace.put(name, text)
                    }
                    acknowledged[key].value = number
                }
            }
        }
    }
}

/// A number that one thread sets and others read.
private final class SharedNumber: @unchecked Sendable {  // guarded by its lock
    private let lock = NSLock()
    private var number = 0

    var value: Int {
        get { lock.withLock { number } }
        set { lock.withLock { number = newValue } }
    }
}
