import Foundation
import SystemPackage
import Testing

@testable import KVStore

@Suite("Reopening a namespace")
struct ReopeningTests {
    @Test("It waits for updates that are running, also where their closures make other calls")
    func besideUpdates() throws {
        try withTemporaryStore { store, namespace in
            let other = try store.createNamespace("other")
            let (threads, isOver) = (WatchedThreads(), Flag())
            for number in 0..<4 {
                threads.start("updates \(number)") { thread in
                    var count = 0
                    while !isOver.isSet {
                        count += 1
                        try thread.call("update") {
                            try namespace.update { update in
                                let value =
                                    try update.get("n").flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 0
                                update.put("n", "\(value + 1)")
                                if number == 0 { try other.put("nested", "\(value)") }
                                if number == 1 { _ = try namespace.get("other") }
                            }
                        }
                    }
                    try namespace.put("count \(number)", "\(count)")
                }
            }
            threads.start("reopen") { thread in
                defer { isOver.set() }
                for _ in 0..<40 { try thread.call("reopen") { try namespace.reopen() } }
            }
            try threads.wait(within: 60)
            let counts = try (0..<4).map { try KVStoreTests.number(namespace, "count \($0)") }
            #expect(try KVStoreTests.number(namespace, "n") == counts.reduce(0, +))
        }
    }

    @Test("It waits for transactions and loads that are running")
    func besideTransactions() throws {
        try withTemporaryStore { store, namespace in
            let (threads, isOver) = (WatchedThreads(), Flag())
            for number in 0..<2 {
                threads.start("transactions \(number)") { thread in
                    while !isOver.isSet {
                        try thread.call("transaction") {
                            try namespace.transaction(maxAttempts: 1000) { try $0.put("t \(number)", "value") }
                        }
                        try thread.call("ingest") { try namespace.ingest([(key: "i \(number)", value: "value")]) }
                    }
                }
            }
            threads.start("reopen") { thread in
                defer { isOver.set() }
                for _ in 0..<20 { try thread.call("reopen") { try namespace.reopen() } }
            }
            try threads.wait(within: 60)
        }
    }

    @Test("It waits for what reads statistics, verifies and removes what was dropped, and nothing else fails by it")
    func besideTheRest() throws {
        try withTemporaryStore { store, namespace in
            let other = try store.createNamespace("other")
            let (threads, isOver) = (WatchedThreads(), Flag())
            threads.start("statistics") { thread in
                while !isOver.isSet {
                    _ = try thread.call("statistics") { try namespace.statistics() }
                    _ = try thread.call("all statistics") { try store.namespaceStatistics() }
                }
            }
            threads.start("verify") { thread in
                while !isOver.isSet {
                    do {
                        _ = try thread.call("verify") { try store.verify() }
                    } catch let error as StoreError where error.code == .closed {
                        #expect(error.message.contains("reopened"), "\(error)")
                    }
                }
            }
            threads.start("puts") { thread in
                while !isOver.isSet { _ = try thread.call("put") { try other.put("key", "value") } }
            }
            threads.start("reopen") { thread in
                defer { isOver.set() }
                for number in 0..<40 {
                    try thread.call("create") { try store.createNamespace("brief").put("key", "\(number)") }
                    try thread.call("drop") { try store.dropNamespace("brief") }
                    try thread.call("reopen") { try namespace.reopen() }
                }
            }
            try threads.wait(within: 60)
        }
    }

    @Test("A cursor keeps it from being done, which the error says, and everything goes on")
    func heldByCursors() throws {
        try withTemporaryStore { store, namespace in
            let other = try store.createNamespace("other")
            try namespace.write { for number in 0..<10 { $0.put("key/\(number)", "value") } }
            try store.metadata.put("a", "1")
            do {
                var first = try namespace.cursor()
                #expect(try first.next())
                var second = try namespace.snapshot().cursor()
                expectError(.alreadyOpen, "2 cursors of \"test\"", "end them") { try namespace.reopen() }
                if Store.Layout.underTest == .singleDatabase {
                    expectError(.alreadyOpen, "2 cursors of \"test\"") { try other.reopen() }
                }
                // Nothing was closed: all goes on, the cursors too.
                #expect(try first.next() && first.next())
                #expect(try second.next())
                try namespace.put("key", "value")
                #expect(try other.get("key") == nil)
                try other.put("key", "value")
                try store.createNamespace("new").put("key", "value")
            }
            try namespace.reopen()
            do {
                var cursor = try store.metadata.cursor()
                expectError(.alreadyOpen, "1 cursor of \"metadata\"", "end it") { try store.metadata.reopen() }
                #expect(try cursor.next())
            }
            try store.metadata.reopen()
            #expect(try other.get("key") == "value".bytes)
        }
    }

    @Test("So do pinned values, transactions and updates, each named")
    func heldByOthers() throws {
        try withTemporaryStore { store, namespace in
            try namespace.put("key", "value")
            do {
                guard let value = try namespace.pinned("key") else { throw NoValue() }
                expectError(.alreadyOpen, "pinned values of \"test\"") { try namespace.reopen() }
                #expect(String(value.bytes) == "value")
            }
            try namespace.transaction { transaction in
                expectError(.alreadyOpen, "1 transaction of \"test\"") { try namespace.reopen() }
                #expect(try transaction.get("key") == "value".bytes)
                try transaction.put("key", "other")
            }
            try namespace.update { update in
                expectError(.alreadyOpen, "an update of \"test\"") { try namespace.reopen() }
                update.put("more", "value")
            }
            #expect(try namespace.get("key") == "other".bytes)
            #expect(try namespace.get("more") == "value".bytes)
            try namespace.reopen()
        }
    }

    @Test("Whoever reads a dropped namespace is named too", .only(.singleDatabase))
    func heldByDropped() throws {
        try withTemporaryStore { store, namespace in
            let dropped = try store.createNamespace("dropped")
            try dropped.put("key", "value")
            do {
                var cursor = try dropped.cursor()
                #expect(try cursor.next())
                try store.dropNamespace("dropped")
                expectError(.alreadyOpen, "1 cursor of a dropped namespace") { try namespace.reopen() }
                try namespace.put("key", "value")
                #expect(String(cursor.key) == "key")
            }
            try namespace.reopen()
        }
    }

    @Test("A cursor that ends in a moment is waited for")
    func awaited() throws {
        try withTemporaryStore { _, namespace in
            for number in 0..<10 { try namespace.put("\(number)", "value") }
            let (threads, isOver) = (WatchedThreads(), Flag())
            for number in 0..<2 {
                threads.start("scans \(number)") { thread in
                    while !isOver.isSet {
                        let count = try thread.call("scan") { try namespace.entries().collect().count }
                        #expect(count == 10)
                        _ = try thread.call("value") { try namespace.withValue(for: "1") { $0.byteCount } }
                    }
                }
            }
            threads.start("reopen") { thread in
                defer { isOver.set() }
                for _ in 0..<20 { try thread.call("reopen") { try namespace.reopen() } }
            }
            try threads.wait(within: 60)
        }
    }
}
