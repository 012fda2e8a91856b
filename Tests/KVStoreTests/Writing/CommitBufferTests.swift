import Foundation
import SystemPackage
import Testing

@testable import KVStore

@Suite("Commits that gather in front of the engine")
struct CommitBufferTests {
    static func configuration(_ size: ByteCount? = .mebibytes(1)) -> StoreConfiguration {
        var configuration = StoreConfiguration.tiny
        configuration.namespaceTuning.commitBuffer = size
        // What is synced is handed on.
        configuration.walSyncInterval = nil
        return configuration
    }

    private static let reads: [(String, @Sendable (Namespace) throws -> [UInt8]?)] = [
        ("get", { try $0.get("key") }),
        ("withValue", { try $0.withValue(for: "key") { $0.withUnsafeBytes { Array($0) } } }),
        ("contains", { try $0.contains("key") ? "new".bytes : nil }),
        ("getMany", { try $0.getMany(["key"])[0] }),
        ("entries", { try $0.entries().next()?.value }),
        ("the last entry", { try $0.entries(reversed: true).next()?.value }),
        ("snapshot", { try $0.snapshot().get("key") }),
        ("update", { try $0.update { try $0.get("key") } }),
        ("a range in an update", { try $0.update { try $0.entries().next()?.value } }),
        ("transaction", { try $0.transaction { try $0.get("key") } }),
        ("approximate count", { try $0.approximateCount() > 0 ? "new".bytes : nil }),
    ]

    @Test("Every read sees what gathers", arguments: reads.indices)
    func reading(_ number: Int) throws {
        let (name, read) = Self.reads[number]
        try withTemporaryStore(Self.configuration()) { _, namespace in
            try namespace.put("key", "old")
            try namespace.put("key", "new")
            #expect(namespace.isGathering)
            #expect(try read(namespace) == "new".bytes, "\(name)")
            try namespace.delete("key")
            #expect(namespace.isGathering)
            if name != "approximate count" { #expect(try read(namespace) == nil, "\(name)") }
            try namespace.put("key", "new")
            #expect(try read(namespace) == "new".bytes, "\(name)")
        }
    }

    @Test("Every read of a task does too")
    func asyncReading() async throws {
        try await withTemporaryStore(Self.configuration()) { _, namespace in
            func write(_ value: String) async throws {
                try await namespace.put("key", value)
                #expect(namespace.isGathering)
            }
            try await write("1")
            #expect(try await namespace.get("key") == "1".bytes)
            #expect(try await namespace.contains("key"))
            #expect(namespace.isGathering)
            try await write("2")
            #expect(try await namespace.getMany(["key"]) == ["2".bytes])
            try await write("3")
            #expect(try await namespace.snapshot().get("key") == "3".bytes)
            try await write("4")
            #expect(try await namespace.entries().collect().map(\.value) == ["4".bytes])
            try await write("5")
            #expect(try await namespace.update { try $0.get("key") } == "5".bytes)
            try await write("6")
            #expect(try await namespace.withTransaction { try await $0.get("key") } == "6".bytes)
            let before = try await namespace.latestSequence()
            try await write("7")
            #expect(try await namespace.latestSequence() == before + 1)
        }
    }

    private static let writes: [(String, @Sendable (Store, Namespace) throws -> Void)] = [
        ("put", { _, namespace in try namespace.put("key", "new") }),
        ("synced put", { _, namespace in try namespace.put("key", "new", durability: .synced) }),
        ("unlogged put", { _, namespace in try namespace.put("key", "new", durability: .unlogged) }),
        (
            "large put",
            { _, namespace in
                try namespace.put("key", String(repeating: "x", count: 1_000_000))
                try namespace.put("key", "new")
            }
        ),
        ("batch", { _, namespace in try namespace.write { $0.put("key", "new") } }),
        ("update", { _, namespace in try namespace.update { $0.put("key", "new") } }),
        ("transaction", { _, namespace in try namespace.transaction { try $0.put("key", "new") } }),
        (
            "range deletion and put",
            { _, namespace in
                try namespace.deleteRange(.prefix("k"))
                #expect(try namespace.get("key") == nil)
                try namespace.put("key", "new")
            }
        ),
        ("load", { _, namespace in try namespace.ingest([(key: "key", value: "new")]) }),
    ]

    @Test(
        "What is written in any other way comes after what gathered, and before what gathers then",
        arguments: writes.indices)
    func order(_ number: Int) throws {
        let (name, write) = Self.writes[number]
        try withTemporaryStore(Self.configuration()) { store, namespace in
            try namespace.put("key", "old")
            try namespace.put("other", "old")
            #expect(namespace.isGathering)
            try write(store, namespace)
            try namespace.put("other", "new")
            #expect(namespace.isGathering)
            #expect(try namespace.get("key") == "new".bytes, "\(name)")
            #expect(try namespace.get("other") == "new".bytes, "\(name)")
            #expect(try namespace.entries().collect().map(\.value) == ["new".bytes, "new".bytes], "\(name)")
            try namespace.put("key", "newer")
            try namespace.reopen()
            #expect(try namespace.get("key") == "newer".bytes, "\(name)")
            #expect(try namespace.get("other") == "new".bytes, "\(name)")
        }
    }

    @Test("A commit has the number that it was told, however others are written")
    func numbers() throws {
        try withTemporaryStore(Self.configuration()) { _, namespace in
            var last = try namespace.latestSequence()
            for round in 0..<200 {
                let count = 1 + round % 3
                let receipt = try namespace.write(durability: round % 7 == 0 ? .synced : .buffered) { batch in
                    // From the last to the first: they are handed on in their order.
                    for number in 0..<count { batch.put("\(1000 - round)/\(number)", "value") }
                }
                last += UInt64(count)
                #expect(receipt.sequence == last)
                if round % 11 == 0 { #expect(try namespace.latestSequence() == last) }
                if round % 17 == 0 { #expect(try namespace.entries().collect().count > 0) }
            }
            #expect(try namespace.latestSequence() == last)
        }
    }

    @Test(
        "Threads that write more than there is room for read what they wrote, and all of it is there",
        arguments: [1, 4, 16])
    func threads(_ count: Int) throws {
        var configuration = Self.configuration(.kibibytes(64))
        configuration.walSyncInterval = .milliseconds(2)
        try withTemporaryFolder { folder in
            let path = folder.appending("store")
            let perThread = 4000 / count
            try withStore(at: path, configuration) { store in
                let namespace = try store.createNamespace("test")
                let threads = (0..<count).map { thread in
                    RunningThread {
                        for number in 0..<perThread {
                            let key = "\(number)/\(thread)"
                            try namespace.put(key, "\(number)")
                            #expect(try namespace.get(key) == "\(number)".bytes)
                            try namespace.put("last/\(thread)", "\(number)")
                            if number % 5 == 0 { try namespace.delete("\(number / 2)/\(thread)") }
                            if number % 500 == 0 { _ = try namespace.entries(limit: 3).collect() }
                            if number % 700 == 0 { try namespace.put("synced/\(thread)", "", durability: .synced) }
                        }
                    }
                }
                for thread in threads { try thread.get() }
            }
            try withStore(at: path, Self.configuration(nil)) { store in
                let namespace = try store.namespace("test")
                for thread in 0..<count {
                    #expect(try namespace.get("last/\(thread)") == "\(perThread - 1)".bytes)
                    let deleted = Set((0..<perThread).filter { $0 % 5 == 0 }.map { $0 / 2 }.filter { $0 != 0 })
                    for number in 1..<perThread {
                        #expect(
                            try namespace.get("\(number)/\(thread)")
                                == (deleted.contains(number) ? nil : "\(number)".bytes))
                    }
                }
            }
        }
    }

    @Test("Values of merges, with an end of their time, in a cache of values and of any size come back as they are")
    func formats() async throws {
        let clock = ManualClock()
        var configuration = Self.configuration(.kibibytes(256))
        configuration.namespaceTuning.valueCache = .kibibytes(64)
        configuration.timeToLiveClock = { clock.now }
        try await withTemporaryStore(configuration) { store, _ in
            let sums = try await store.createNamespace("sums", options: NamespaceOptions(mergeOperator: .add64))
            for count in 1...5 {
                try await sums.put("put", MergeOperator.number(Int64(count)))
                try await sums.merge("put", MergeOperator.number(1))
                #expect(try await sums.get("put") == MergeOperator.number(Int64(count + 1)))
            }
            let passing = try await store.createNamespace(
                "passing", options: NamespaceOptions(timeToLive: .seconds(60)))
            try await passing.put("key", "value")
            try await passing.put("longer", "value", expiresAfter: .seconds(100))
            for _ in 0..<3 { #expect(try await passing.get("key") == "value".bytes) }
            clock.advance(61)
            #expect(try await passing.get("key") == nil)
            #expect(try await passing.get("longer") == "value".bytes)
            #expect(try await passing.entries().collect().map(\.key) == ["longer".bytes])
            let values = try await store.createNamespace("values")
            for size in [0, 1, 100, 8_000, 20_000, 31_000, 33_000, 100_000, 300_000] {
                let value = [UInt8](repeating: 7, count: size)
                try await values.put("key", value)
                for _ in 0..<3 { #expect(try await values.get("key") == value) }
                try await values.put("\(size)", value)
                #expect(try await values.withValue(for: "\(size)") { $0.byteCount } == size)
            }
            try await values.put("", "of the empty key")
            #expect(try await values.get("") == "of the empty key".bytes)
        }
    }

    @Test("Changes come in the order of commits: while they are read, nothing gathers")
    func changes() async throws {
        try await withTemporaryStore(Self.configuration()) { _, namespace in
            try await namespace.put("b", "1")
            try await namespace.put("a", "2")
            #expect(namespace.isGathering)
            // They stand in the log in another order.
            var earlier = namespace.changes(since: 0).makeAsyncIterator()
            let error = await #expect(throws: StoreError.self) { _ = try await earlier.next() }
            #expect(error?.code == .changesMissing)
            let since = try await namespace.latestSequence()
            var changes = namespace.changes(since: since).makeAsyncIterator()
            try await namespace.put("d", "3")
            try await namespace.put("c", "4")
            #expect(!namespace.isGathering)
            for (key, value, number) in [("d", "3", since + 1), ("c", "4", since + 2)] {
                let change = try await changes.next()
                #expect(change?.sequence == number)
                #expect(change?.writes == [.put(key: key.bytes, value: value.bytes)])
            }
        }
        try await withTemporaryStore(Self.configuration()) { store, _ in
            let kept = try await store.createNamespace("kept", options: NamespaceOptions(changes: ChangeRetention()))
            try await kept.put("key", "value")
            #expect(!kept.isGathering)
        }
    }

    @Test("A tuning that cannot be is refused", arguments: [ByteCount.kibibytes(63), .gibibytes(2)])
    func limits(_ size: ByteCount) {
        var tuning = Tuning.namespace
        tuning.commitBuffer = size
        expectError(.invalidArgument) { try tuning.validate() }
        tuning.commitBuffer = .mebibytes(1)
        tuning.walRetentionSize = .mebibytes(10)
        expectError(.invalidArgument) { try tuning.validate() }
    }
}

extension Namespace {
    /// Whether commits of it gather at the moment.
    var isGathering: Bool { slot.columnFamily?.database.isGathering == true }
}
