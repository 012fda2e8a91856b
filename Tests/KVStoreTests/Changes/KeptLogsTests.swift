import Foundation
import KVStore
import SystemPackage
import Testing

@testable import KVStore

@Suite("Logs that are kept for changes go by age and size, whoever reads them")
struct KeptLogsTests {
    /// Has what need not be kept removed, until so many logs are left of a namespace.
    private func trim(_ store: Store, to count: Int, of id: UInt64) async throws -> Bool {
        try await inTheEnd {
            store.logTrimmer.trim()
            return store.keptLogs(of: id).count == count
        }
    }

    /// Commits of more than 1 MiB each, of which each is in a log of its own that recovery does not need any more.
    private func fillLogs(_ namespace: Namespace, _ prefixes: [String]) async throws -> [String] {
        var keys: [String] = []
        for prefix in prefixes {
            let last = namespace.store.keptLogs(of: namespace.id).last ?? ""
            keys += try await fill(namespace, prefix)
            // The engine takes a log away when it has told of the flush.
            #expect(try await inTheEnd { namespace.store.keptLogs(of: namespace.id).last ?? "" > last })
        }
        return keys
    }

    @Test("By size: a consumer that falls behind is told what the oldest is, goes on there, and misses nothing else")
    func size() async throws {
        try await withTemporaryStore { store, _ in
            let orders = try await store.createNamespace("orders", options: .withFewChanges)
            let slow = try await orders.consumer("slow")
            let quick = try await orders.consumer("quick")
            _ = try await fillLogs(orders, ["a", "b"])
            try await quick.acknowledge(try await orders.latestSequence())
            let last = try await fillLogs(orders, ["c"])
            // The newest stays, whatever its size.
            #expect(try await trim(store, to: 1, of: orders.id))
            let error = await #expect(throws: StoreError.self) { try await nextKeys(1, of: slow.changes()) }
            #expect(error?.code == .changesMissing)
            let oldest = try #require(error?.oldestChange)
            #expect(try await quick.position() + 1 == oldest)
            #expect(try await nextKeys(4, of: quick.changes()) == last)
            // Told again, until it is moved.
            let again = await #expect(throws: StoreError.self) { try await nextKeys(1, of: slow.changes()) }
            #expect(again?.oldestChange == oldest)
            try await slow.move(to: oldest - 1)
            #expect(try await nextKeys(4, of: slow.changes()) == last)
        }
    }

    @Test("By age, as the clock says")
    func age() async throws {
        let clock = ManualClock()
        clock.advance(by: .now - clock.now)
        var configuration = StoreConfiguration.tiny
        configuration.timeToLiveClock = { clock.now }
        try await withTemporaryStore(configuration) { store, _ in
            let orders = try await store.createNamespace(
                "orders", options: NamespaceOptions(changes: ChangeRetention(keptFor: .seconds(24 * 3600))))
            let start = try await orders.latestSequence()
            let keys = try await fillLogs(orders, ["a", "b"])
            #expect(try await nextKeys(8, of: orders.changes(since: start)) == keys)
            clock.advance(23 * 3600)
            store.logTrimmer.trim()
            #expect(try await nextKeys(8, of: orders.changes(since: start)) == keys)
            clock.advance(3600 + 3600)
            #expect(try await trim(store, to: 0, of: orders.id))
            let error = await #expect(throws: StoreError.self) {
                try await nextKeys(1, of: orders.changes(since: start))
            }
            #expect(error?.code == .changesMissing)
            #expect(error?.oldestChange == nil)
            let next = try await orders.put("next", "value").sequence
            let second = await #expect(throws: StoreError.self) {
                try await nextKeys(1, of: orders.changes(since: start))
            }
            #expect(second?.oldestChange == next)
        }
    }

    @Test("A loop that stays at a change holds no log that is removed")
    func heldByALoop() async throws {
        try await withTemporaryStore { store, _ in
            let orders = try await store.createNamespace("orders", options: .withFewChanges)
            let start = try await orders.latestSequence()
            for number in 0..<2000 { try await orders.put("\(number)", [UInt8](repeating: 1, count: 600)) }
            try await orders.flush()
            // Of a page of several.
            var loop = orders.changes(since: start).makeAsyncIterator()
            _ = try await loop.next()
            _ = try await fillLogs(orders, ["a", "b"])
            #expect(try await trim(store, to: 1, of: orders.id))
            #expect(try removedLogsThatAreOpen(in: store.path).isEmpty)
            // What it has read already comes, and then it is told.
            let error = await #expect(throws: StoreError.self) { while try await loop.next() != nil {} }
            #expect(error?.code == .changesMissing)
        }
    }

    private func removedLogsThatAreOpen(in folder: FilePath) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap {
            try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
        }.filter { $0.hasPrefix(folder.string) && $0.hasSuffix(".log (deleted)") }
    }

    @Test("Reading beside what removes them, nothing is passed over and no other error comes")
    func beside() async throws {
        try await withTemporaryStore { store, _ in
            let orders = try await store.createNamespace("orders", options: .withFewChanges)
            let start = try await orders.latestSequence()
            let end = start + 400
            let isOver = Flag()
            let reader = Task {
                var position = start
                var seen = 0
                while position < end {
                    do {
                        for try await change in orders.changes(since: position) {
                            guard change.sequence == position + 1 else {
                                throw Passed(from: position, to: change.sequence)
                            }
                            position = change.sequence
                            seen += 1
                            if position >= end { break }
                        }
                    } catch let error as StoreError where error.code == .changesMissing {
                        guard let oldest = error.oldestChange else {
                            position = try await orders.latestSequence()
                            continue
                        }
                        guard oldest > position + 1 else { throw error }
                        position = oldest - 1
                    }
                }
                return seen
            }
            let trimmer = Task {
                while !isOver.isSet {
                    store.logTrimmer.trim()
                    await Task.yield()
                }
            }
            for number in 0..<400 {
                try await orders.put("\(number)", [UInt8](repeating: 1, count: 100 << 10))
                if number % 10 == 9 { try await orders.flush() }
            }
            #expect(try await reader.value > 0)
            isOver.set()
            await trimmer.value
        }
    }

    private struct Passed: Error {
        let from: UInt64
        let to: UInt64
    }

    @Test("In one database the widest of its namespaces counts, until it is dropped", .only(.singleDatabase))
    func widest() async throws {
        try await withTemporaryStore { store, plain in
            let narrow = try await store.createNamespace("narrow", options: .withFewChanges)
            let wide = try await store.createNamespace("wide", options: .withChanges)
            let start = try await narrow.latestSequence()
            let keys = try await fillLogs(narrow, ["a", "b", "c"])
            store.logTrimmer.trim()
            #expect(try await nextKeys(12, of: narrow.changes(since: start)) == keys)
            // The log is everybody's: those of one that asks for nothing are there too.
            try await fill(plain, "p")
            #expect(try await nextKeys(4, of: plain.changes(since: start)).count == 4)
            try await store.dropNamespace("wide")
            #expect(try await trim(store, to: 1, of: wide.id))
        }
    }

    @Test(
        "The first one that keeps changes waits for what holds the database of all",
        .only(.singleDatabase))
    func heldDatabase() async throws {
        try await withTemporaryStore { store, plain in
            try await plain.put("a", "value")
            var held: Snapshot? = try await plain.snapshot()
            expectError(.busy, "opened anew") { try store.createNamespace("orders", options: .withChanges) }
            try await store.createNamespace("other")
            #expect(held != nil)
            held = nil
            let orders = try await store.createNamespace("orders", options: .withChanges)
            let start = try await orders.latestSequence()
            let keys = try await fill(orders, "a")
            #expect(try await nextKeys(4, of: orders.changes(since: start)) == keys)
            #expect(try await plain.get("a") == Array("value".utf8))
            // The next one waits for nobody.
            let snapshot = try await plain.snapshot()
            try await store.createNamespace("second", options: .withChanges)
            #expect(try await snapshot.get("a") == Array("value".utf8))
        }
    }

    @Test("A database that keeps nothing for anybody removes its logs as ever")
    func plain() async throws {
        try await withTemporaryStore { store, namespace in
            try await fill(namespace, "a")
            store.logTrimmer.trim()
            #expect(store.keptLogs(of: namespace.id).isEmpty)
        }
    }
}
