import Foundation
import KVStore
import SystemPackage
import Testing

/// The code of the guide, page by page, as it stands there: `scripts/lib/snippets.py` looks for each block here.
@Suite("The code of the guide does what its text says")
struct GuideTests {
    @Test("Getting started")
    func gettingStarted() throws {
        try withTemporaryFolder { folder in
            let Store = Stores(folder: folder)
            let store = try Store.open(at: "notes.kvstore")
            let notes = try store.namespace("notes", createIfMissing: true)
            try notes.put("2026-11-30/milk", "buy two")
            try notes.put("2026-12-01/dentist", "at nine")

            let milk = try notes.get("2026-11-30/milk")
            print(milk.map { String(decoding: $0, as: UTF8.self) } ?? "no such note")

            let november = notes.entries(prefix: "2026-11")
            while let entry = try november.next() {
                print(String(decoding: entry.key, as: UTF8.self), String(decoding: entry.value, as: UTF8.self))
            }
            #expect(milk == Array("buy two".utf8))

            try notes.write { batch in
                batch.delete("2026-11-30/milk")
                batch.put("2026-12-02/milk", "buy two")
            }
            let count = try notes.update { update in
                let count = try update.get("count").flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 0
                update.put("count", String(count + 1))
                return count + 1
            }
            #expect(count == 1)
            let keys = try notes.entries().collect().map { String(decoding: $0.key, as: UTF8.self) }
            #expect(keys == ["2026-12-01/dentist", "2026-12-02/milk", "count"])

            try store.close()
        }
    }

    @Test("Keys and values")
    func keysAndValues() throws {
        try withTemporaryStore { store, users in
            try users.put("user/7", #"{"name":"Ada"}"#)
            let length = try users.withValue(for: "user/7") { value in value.byteCount }
            #expect(length == 14)

            func key(_ stream: String, _ position: UInt64) -> [UInt8] {
                var key = Array("event/\(stream)/".utf8)
                withUnsafeBytes(of: position.bigEndian) { key.append(contentsOf: $0) }
                return key
            }
            try users.put(key("a", 255), "earlier")
            try users.put(key("a", 256), "later")
            let events = try users.entries(prefix: "event/").collect()
            #expect(events.map(\.value) == [Array("earlier".utf8), Array("later".utf8)])

            let sessions = try store.createNamespace("sessions", options: NamespaceOptions(timeToLive: .seconds(3600)))
            try sessions.put("token", "user 7")
            try sessions.put("remembered", "user 7", expiresAfter: .seconds(30 * 24 * 3600))
            #expect(try sessions.entries().collect().count == 2)
        }
    }

    @Test("Errors")
    func errors() throws {
        try withTemporaryStore { store, _ in
            do throws(StoreError) {
                _ = try store.namespace("customers")
            } catch {
                guard error.code == .namespaceNotFound else { throw error }
                _ = try store.createNamespace("customers")
            }
            #expect(try store.namespaces(prefix: "cust").count == 1)
        }
    }

    @Test("Reads, scans, pages and snapshots")
    func reading() throws {
        try withTemporaryStore { _, orders in
            for number in 0..<200 { try orders.put("order/\(number)", "\(number)") }

            let one = try orders.get("order/1")
            let many = try orders.getMany(["order/1", "order/2", "order/9"])
            let isThere = try orders.contains("order/1")
            #expect(one == Array("1".utf8) && many.count == 3 && isThere)

            for entry in try orders.entries("order/1"..<"order/5", reversed: true, limit: 10).collect() {
                print(entry.key.count, entry.value.count)
            }

            let total = try orders.withCursor(.prefix("order/")) { cursor in
                var total = 0
                while try cursor.next() { total += cursor.value.byteCount }
                return total
            }
            #expect(total == 10 + 90 * 2 + 100 * 3)

            func page(after last: [UInt8]?) throws -> [Entry] {
                let all = KeyRange.prefix("order/")
                return try orders.entries(last.map { all.after($0) } ?? all, limit: 50).collect()
            }
            let first = try page(after: nil)
            let second = try page(after: first.last?.key)
            #expect(first.count == 50 && second.count == 50 && Set(first + second).count == 100)

            let snapshot = try orders.snapshot()
            try orders.delete("order/2")
            let before = try snapshot.contains("order/2")
            #expect(try before && !orders.contains("order/2"))
        }
    }

    private struct NotEnough: Error {}

    private func balance(of account: String, in reader: some Readable) throws -> Int {
        try reader.get(account).flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 0
    }

    @Test("Transactions against updates")
    func transactions() throws {
        try withTemporaryStore { _, accounts in
            let number = try accounts.update { update in
                let balance = try update.get("balance/7").flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 0
                update.put("balance/7", String(balance + 10))
                return balance + 10
            }
            #expect(number == 10)

            try accounts.put("a", "15")
            func move() throws {
                try accounts.transaction { transaction in
                    let (from, to) = (try balance(of: "a", in: transaction), try balance(of: "b", in: transaction))
                    guard from >= 10 else { throw NotEnough() }
                    try transaction.put("a", String(from - 10))
                    try transaction.put("b", String(to + 10))
                }
            }
            try move()
            #expect(throws: NotEnough.self) { try move() }
            #expect(try balance(of: "a", in: accounts) == 5 && balance(of: "b", in: accounts) == 10)
        }
    }

    @Test("Concurrency and lifetimes")
    func concurrency() async throws {
        func archive(_ orders: Namespace) async throws {
            for try await entry in orders.entries(prefix: "order/") {
                try await orders.put("archive/" + String(decoding: entry.key, as: UTF8.self), entry.value)
            }
        }
        try await withTemporaryStore { _, orders in
            for number in 0..<3 { try await orders.put("order/\(number)", "\(number)") }
            try await archive(orders)
            #expect(try await orders.entries(prefix: "archive/").collect().count == 3)
        }
    }

    @Test("Change feeds")
    func changes() async throws {
        try await withTemporaryStore { _, orders in
            let start = try await orders.latestSequence()
            try await orders.put("order/9", "paid")
            try await orders.put("order/10", "paid")

            var seen: [UInt64] = []
            for try await change in orders.changes(since: start) {
                for case .put(let key, _) in change.writes { print("set", String(decoding: key, as: UTF8.self)) }
                seen.append(change.sequence)
                if seen.count == 2 { break }
            }
            #expect(seen.count == 2)
        }
    }

    @Test("Change feeds that go on after a restart")
    func consumers() async throws {
        try await withTemporaryStore { store, _ in
            let options = NamespaceOptions(changes: ChangeRetention(keptFor: .seconds(24 * 3600), upTo: .gibibytes(1)))
            let invoices = try await store.namespace("invoices", createIfMissing: true, options: options)
            let mailer = try await invoices.consumer("mailer")
            try await invoices.put("invoice/7", "sent")
            for try await change in mailer.changes() {
                for case .put(let key, _) in change.writes { print("mail", String(decoding: key, as: UTF8.self)) }
                try await mailer.acknowledge(change.sequence)
                if change.sequence == (try await invoices.latestSequence()) { break }
            }

            try await invoices.put("past the log", "value", durability: .unlogged)
            do {
                for try await change in mailer.changes() { try await mailer.acknowledge(change.sequence) }
            } catch let error as StoreError where error.code == .changesMissing {
                // Everything up to here is in the entries.
                let latest = try await invoices.latestSequence()
                for try await entry in invoices.entries() { print("mail", String(decoding: entry.key, as: UTF8.self)) }
                try await mailer.move(to: latest)
            }
            #expect(try await mailer.position() == invoices.latestSequence())

            try await invoices.put("past the log", "value", durability: .unlogged)
            do {
                do {
                    for try await change in mailer.changes() { try await mailer.acknowledge(change.sequence) }
                } catch let error as StoreError where error.code == .changesLost {
                    if let newest = error.newestChange { try await mailer.move(to: newest) }
                }
            } catch let error as StoreError where error.code == .changesMissing {}
        }
    }

    @Test("Durability")
    func durability() throws {
        try withTemporaryStore { store, orders in
            try orders.put("order/3", "paid", durability: .synced)
            let receipt = try orders.put("order/4", "paid")
            try receipt.waitUntilDurable()
            #expect(store.durabilityLag == .none)
        }
    }

    @Test("Namespaces, memory and disk")
    func namespaces() throws {
        try withTemporaryStore { store, _ in
            let options = NamespaceOptions(attributes: ["plan": "gold"])
            let orders = try store.createNamespace("acme/orders", options: options)
            let page = try store.namespaces(prefix: "acme/", after: nil, limit: 100)
            #expect(page.map(\.name) == ["acme/orders"])

            let statistics = try orders.statistics()
            print(statistics.sizeOnDisk, statistics.usedOnDisk, statistics.approximateCount ?? 0)
        }
    }

    @Test("Tuning")
    func tuning() throws {
        var configuration = StoreConfiguration()
        configuration.blockCache = .shared(.mebibytes(256))
        configuration.namespaceTuning.memtableSize = .mebibytes(64)
        configuration.namespaceTuning.bottommostCompression = .zstd
        try configuration.namespaceTuning.validate()
    }

    @Test("Migrating")
    func migrating() throws {
        try withTemporaryStore { _, orders in
            let old = ["b": "2", "a": "1"]
            let sorted = old.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            try orders.ingest(sorted.map { (key: $0.key, value: $0.value) })
            #expect(try orders.entries().collect().map(\.value) == [Array("1".utf8), Array("2".utf8)])
            try orders.deleteRange(.all)
            var loaded = 0
            try orders.ingest(unsorted: old.map { (key: $0.key, value: $0.value) }) { progress in
                loaded = progress.entries
            }
            #expect(loaded == 2)
            #expect(try orders.contains("a"))
        }
    }
}

/// Stands in for the type, so that what a page opens by a relative path is in a folder of the test.
private struct Stores {
    let folder: FilePath

    func open(at name: String) throws -> Store { try Store.open(at: folder.appending(name), configuration: .tiny) }
}
