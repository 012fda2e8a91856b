import Foundation
import KVStore
import SystemPackage
import Testing

@Suite("Time to live")
struct TimeToLiveTests {
    private func keys(_ entries: Entries) throws -> [String] {
        try entries.collect().map { String(decoding: $0.key, as: UTF8.self) }
    }

    @Test("Nothing of an expired value is held in memory once it was looked for")
    func nothingHeld() throws {
        try withExpiringNamespace { store, namespace, clock in
            try namespace.put("key", String(repeating: "v", count: 1000))
            try namespace.flush()
            #expect(try namespace.get("key")?.count == 1000)
            let before = store.memoryUsage.pinned
            clock.advance(61)
            #expect(try namespace.get("key") == nil)
            #expect(store.memoryUsage.pinned == before)
        }
    }

    @Test("An expired entry is in no read, wherever it is", arguments: [false, true])
    func expiry(_ isFlushed: Bool) throws {
        try withExpiringNamespace { _, namespace, clock in
            for key in ["a", "b", "c"] { try namespace.put(key, "old") }
            try namespace.write { batch in
                batch.put("d", "")
                batch.put("e", "old")
            }
            if isFlushed { try namespace.flush() }
            clock.advance(59.9)
            #expect(try namespace.get("a") == Array("old".utf8))
            #expect(try namespace.get("d") == [])
            try namespace.put("b", "new")
            _ = try namespace.update { $0.put("e", "new") }
            clock.advance(0.1)
            let snapshot = try namespace.snapshot()
            if isFlushed { try namespace.flush() }
            func check(_ source: some Readable) throws {
                #expect(try source.get("a") == nil)
                #expect(try !source.contains("d"))
                #expect(try source.getMany(["a", "b", "c"]) == [nil, Array("new".utf8), nil])
                #expect(try source.withValue(for: "e") { String($0) } == "new")
                #expect(try source.withValue(for: "c") { String($0) } == nil)
                #expect(try keys(source.entries()) == ["b", "e"])
                #expect(try keys(source.entries(reversed: true)) == ["e", "b"])
                var cursor = try source.cursor()
                #expect(try cursor.seek(to: "c"))
                #expect(String(cursor.key) == "e")
                #expect(String(cursor.value) == "new")
                #expect(try cursor.seek(backTo: "d"))
                #expect(String(cursor.key) == "b")
                #expect(try !cursor.previous())
            }
            try check(namespace)
            try check(snapshot)
            try namespace.transaction { try check($0) }
            _ = try namespace.update { update in
                let (gone, there) = (try update.get("a"), try update.get("b"))
                #expect(gone == nil && there != nil)
            }
            clock.advance(3600)
            #expect(try namespace.entries().collect().isEmpty)
            let value = try namespace.update { try $0.get("b") }
            #expect(value == nil)
        }
    }

    @Test("An entry lives as long as its own put says, however it was written", arguments: [false, true])
    func ownTimes(_ isFlushed: Bool) throws {
        try withExpiringNamespace { store, namespace, clock in
            let (brief, long, never) = (Duration.seconds(10), Duration.seconds(100), Duration.seconds(Int64.max))
            try namespace.put("put", "1", expiresAfter: brief)
            try namespace.put("put synced", "1", expiresAfter: long, durability: .synced)
            try namespace.write { batch in
                batch.put("batch", "", expiresAfter: brief)
                batch.put("batch long", "1", expiresAfter: never)
                batch.put("default", "1")
            }
            _ = try namespace.update { update in
                update.put("update", "1", expiresAfter: long)
                update.put("update brief", "1", expiresAfter: brief)
                let (own, there) = (try update.get("update"), try update.contains("update brief"))
                #expect(own == Array("1".utf8) && there)
            }
            try namespace.transaction { transaction in
                try transaction.put("transaction", "1", expiresAfter: long)
                try transaction.put("transaction brief", "1", expiresAfter: brief)
                #expect(try transaction.get("transaction") == Array("1".utf8))
                #expect(try keys(transaction.entries(prefix: "tr")) == ["transaction", "transaction brief"])
            }
            if store.layout == .singleDatabase {
                try store.write { $0.put("store", "1", expiresAfter: long, in: namespace) }
            } else {
                try namespace.put("store", "1", expiresAfter: long)
            }
            if isFlushed { try namespace.flush() }
            #expect(try namespace.entries().collect().count == 10)
            clock.advance(10)
            let left = ["batch long", "default", "put synced", "store", "transaction", "update"]
            #expect(try keys(namespace.entries()) == left)
            clock.advance(50)
            #expect(try keys(namespace.entries()) == left.filter { $0 != "default" })
            clock.advance(40)
            #expect(try keys(namespace.entries()) == ["batch long"])
            clock.advance(1e12)
            #expect(try namespace.get("batch long") == Array("1".utf8))
        }
    }

    @Test("What expires early does not uncover what was there before and would live longer")
    func nothingUncovered() throws {
        try withExpiringNamespace { _, namespace, clock in
            try namespace.put("key", "long", expiresAfter: .seconds(1000))
            try namespace.flush()
            try namespace.put("key", "brief", expiresAfter: .seconds(1))
            try namespace.put("other", "long", expiresAfter: .seconds(1000))
            try namespace.put("other", "brief", expiresAfter: .seconds(1))
            clock.advance(1)
            for step in [namespace.flush, { try namespace.compact() }] {
                #expect(try namespace.get("key") == nil && namespace.get("other") == nil)
                try step()
                #expect(try keys(namespace.entries()) == [])
            }
        }
    }

    @Test("A time of its own is refused where entries do not expire, and when there is none to live in")
    func refusedTimes() throws {
        try withExpiringNamespace { store, namespace, _ in
            let plain = try store.createNamespace("plain")
            for (namespace, time) in [(namespace, Duration.zero), (plain, .seconds(1))] {
                expectError(.invalidArgument, "") { try namespace.put("a", "1", expiresAfter: time) }
                expectError(.invalidArgument, "") {
                    try namespace.write { batch in
                        batch.put("b", "1")
                        batch.put("a", "1", expiresAfter: time)
                    }
                }
                expectError(.invalidArgument, "") { try namespace.update { $0.put("a", "1", expiresAfter: time) } }
                try namespace.transaction { transaction in
                    expectError(.invalidArgument, "") { try transaction.put("a", "1", expiresAfter: time) }
                    try transaction.put("c", "1")
                }
                #expect(try keys(namespace.entries()) == ["c"])
            }
            var batch = WriteBatch()
            let point = batch.savePoint
            batch.put("a", "1", expiresAfter: .milliseconds(1500))
            #expect(
                batch.writes == [.putForTime(key: Array("a".utf8), value: Array("1".utf8), time: .milliseconds(1500))])
            batch.rollBack(to: point)
            batch.put("rolled back", "1")
            try plain.commit(batch)
        }
    }

    @Test("Async reads do not return expired entries either")
    func asyncReads() async throws {
        let clock = ManualClock()
        var configuration = StoreConfiguration.tiny
        configuration.timeToLiveClock = { clock.now }
        try await withTemporaryStore(configuration) { store, _ in
            let options = NamespaceOptions(timeToLive: .seconds(60))
            let namespace = try await store.createNamespace("n", options: options)
            try await namespace.put("k", "v")
            #expect(try await namespace.get("k") == Array("v".utf8))
            #expect(try await namespace.withValue(for: "k") { $0.byteCount } == 1)
            clock.advance(60)
            #expect(try await namespace.get("k") == nil)
            #expect(try await namespace.withValue(for: "k") { $0.byteCount } == nil)
            #expect(try await namespace.getMany(["k"]) == [nil])
            for try await _ in namespace.entries() { Issue.record("an expired entry was returned") }
        }
    }

    @Test("A compaction reclaims what has expired and nothing else")
    func compaction() throws {
        try withExpiringNamespace { _, namespace, clock in
            let value = [UInt8](repeating: 7, count: 1000)
            for number in 0..<1000 { try namespace.put("old/\(number)", value) }
            try namespace.flush()
            clock.advance(60)
            for number in 0..<10 { try namespace.put("new/\(number)", value) }
            // An expired version must not uncover one below it.
            try namespace.put("old/1", value)
            try namespace.compact()
            #expect(try namespace.approximateCount() == 11)
            #expect(try namespace.entries().collect().count == 11)
            clock.advance(60)
            try namespace.flush()
            try namespace.compact()
            #expect(try namespace.approximateCount() == 0)
        }
    }

    @Test("The time to live is kept in the catalog and counts on while the store is closed")
    func reopened() throws {
        let clock = ManualClock()
        var configuration = StoreConfiguration.tiny
        configuration.timeToLiveClock = { clock.now }
        try withTemporaryFolder { folder in
            let path = folder.appending("store")
            let options = NamespaceOptions(timeToLive: .seconds(60))
            do {
                let store = try Store.open(at: path, configuration: configuration)
                let namespace = try store.createNamespace("n", options: options)
                try namespace.put("k", "v")
                try store.close()
            }
            clock.advance(30)
            let store = try Store.open(at: path, configuration: configuration)
            let namespace = try store.namespace("n")
            #expect(try namespace.get("k") == Array("v".utf8))
            #expect(try store.namespaces().first?.timeToLive == .seconds(60))
            clock.advance(30)
            #expect(try namespace.get("k") == nil)
            let other = NamespaceOptions(timeToLive: .seconds(61))
            let error = #expect(throws: StoreError.self) { try store.namespace("n", options: other) }
            #expect(error?.code == .invalidArgument)
            _ = try store.namespace("n", options: options)
            try store.close()
        }
    }

    @Test("Large values keep their bytes, and the system's clock will do")
    func systemClock() async throws {
        try await withTemporaryStore { store, _ in
            let long = try await store.createNamespace("long", options: NamespaceOptions(timeToLive: .seconds(86_400)))
            let value = (0..<(1 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
            try await long.put("k", value)
            #expect(try await long.get("k") == value)
            let options = NamespaceOptions(timeToLive: .milliseconds(50))
            let brief = try await store.createNamespace("brief", options: options)
            try await brief.put("k", value)
            try await Task.sleep(for: .milliseconds(60))
            #expect(try await brief.get("k") == nil)
        }
    }
}
