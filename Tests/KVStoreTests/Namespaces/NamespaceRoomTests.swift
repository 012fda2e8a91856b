import Foundation
import SystemPackage
import Testing

@testable import KVStore

/// The engine keeps a descriptor for each family that is made, until the database is opened anew.
@Suite("More namespaces made in a single database than there are descriptors", .only(.singleDatabase))
struct NamespaceRoomTests {
    /// Runs `body` with a store that makes three namespaces before it opens its database anew.
    private func withNarrowStore(_ body: (Store, FilePath) throws -> Void) throws {
        try withTemporaryFolder { folder in
            try withStore(at: folder) { (store) throws in
                _ = try #require(store.storage as? SharedDatabase).database()
                try #require(store.storage as? SharedDatabase).recentLimit = 3
                try body(store, folder.database())
            }
        }
    }

    /// How many descriptors this process has of the folder itself.
    private func descriptors(of folder: FilePath) throws -> Int {
        let all = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
        return all.filter {
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")) == folder.string
        }.count
    }

    private func openings(_ store: Store) throws -> Int { try #require(store.storage.generation) }

    @Test("As many are made as one likes, with few descriptors, and nothing is lost")
    func ordinary() throws {
        try withNarrowStore { store, folder in
            var receipts: [CommitReceipt] = []
            for number in 0..<20 {
                let namespace = try store.createNamespace("n\(number)")
                receipts.append(try namespace.put("logged", "\(number)"))
                try namespace.put("unlogged", "\(number)", durability: .unlogged)
                #expect(try descriptors(of: folder) <= 3 + 2)
            }
            #expect(try openings(store) >= 6)
            for number in 0..<20 {
                let namespace = try store.namespace("n\(number)")
                #expect(try namespace.get("logged") == "\(number)".bytes)
                #expect(try namespace.get("unlogged") == "\(number)".bytes)
                #expect(try namespace.statistics().lastUse != nil)
            }
            for receipt in receipts { try receipt.waitUntilDurable() }
        }
    }

    @Test("Calls that go on meanwhile notice nothing")
    func beside() throws {
        try withNarrowStore { store, _ in
            let used = try store.createNamespace("used")
            let isOver = Flag()
            try onThreads(5) { thread in
                guard thread > 0 else {
                    defer { isOver.set() }
                    for number in 0..<12 { try store.createNamespace("n\(number)").put("key", "value") }
                    return
                }
                var count = 0
                while !isOver.isSet {
                    count += 1
                    try used.put("\(thread)", "\(count)")
                    #expect(try used.get("\(thread)") == "\(count)".bytes)
                    try used.update { $0.put("update \(thread)", "\(count)") }
                    try used.transaction { try $0.put("transaction \(thread)", "\(count)") }
                    #expect(try used.entries(prefix: "\(thread)").collect().count == 1)
                }
            }
            #expect(try openings(store) >= 4)
        }
    }

    @Test("A cursor, snapshot or transaction keeps the next from being made, and says so, until it ends")
    func held() throws {
        try withNarrowStore { store, _ in
            let namespaces = try (0..<3).map { try store.createNamespace("n\($0)") }
            try namespaces[0].put("key", "value")
            do {
                var cursor = try namespaces[0].cursor()
                #expect(try cursor.next())
                expectError(.busy, "cursors", "reopen()", "ulimit -n") { try store.createNamespace("more") }
                #expect(cursor.key.byteCount == 3)
                // Who uses the others goes on.
                try namespaces[1].put("key", "value")
            }
            do {
                let snapshot = try namespaces[0].snapshot()
                expectError(.busy) { try store.createNamespace("more") }
                #expect(try snapshot.get("key") == "value".bytes)
            }
            try store.createNamespace("more")
            #expect(try namespaces[0].get("key") == "value".bytes)
        }
    }

    @Test("It waits a moment for a cursor to end, that of a dropped namespace too")
    func awaited() throws {
        try withNarrowStore { store, _ in
            let namespaces = try (0..<3).map { try store.createNamespace("n\($0)") }
            try namespaces[0].put("key", "value")
            let stands = DispatchSemaphore(value: 0)
            let reading = RunningThread {
                var cursor = try namespaces[0].cursor()
                #expect(try cursor.next())
                stands.signal()
                usleep(300_000)
                #expect(cursor.key.byteCount == 3)
            }
            stands.wait()
            try store.dropNamespace("n0")
            try #require(store.storage as? SharedDatabase).recentLimit = 1
            try store.createNamespace("more")
            try reading.get()
            #expect(try store.namespaces().map(\.name) == ["more", "n1", "n2"])
        }
    }
}
