import Foundation
import KVStore
import Testing

@Suite("Transactions")
struct TransactionTests {
    private func number(_ bytes: [UInt8]?) -> Int { bytes.flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 0 }

    private func keys(_ entries: Entries) throws -> [String] {
        try entries.collect().map { String(decoding: $0.key, as: UTF8.self) }
    }

    @Test("A transaction reads its own writes over the state at its start, by key and in both directions")
    func mergedView() throws {
        try withTemporaryStore { _, namespace in
            for key in ["b", "d", "f", "h"] { try namespace.put(key, "old") }
            try namespace.transaction { txn in
                try txn.put("a", "new")
                try txn.put("d", "new")
                try txn.put("g", "new")
                try txn.delete("f")
                try txn.delete("never there")
                #expect(try keys(txn.entries()) == ["a", "b", "d", "g", "h"])
                #expect(try keys(txn.entries(reversed: true)) == ["h", "g", "d", "b", "a"])
                #expect(try keys(txn.entries("b"..<"g")) == ["b", "d"])
                #expect(try txn.getMany(["a", "b", "f"]) == [Array("new".utf8), Array("old".utf8), nil])
                #expect(try txn.withValue(for: "d") { String($0) } == "new")
                #expect(try !txn.contains("f"))
                #expect(try namespace.get("a") == nil)
                // A cursor shows what was written before it was made.
                var cursor = try txn.cursor()
                try txn.put("aa", "late")
                #expect(try cursor.next() && cursor.next())
                #expect(String(cursor.key) == "b")
            }
            #expect(try keys(namespace.entries()) == ["a", "aa", "b", "d", "g", "h"])
        }
    }

    @Test("A cursor of the merged view goes wherever a plain one would")
    func randomWalk() throws {
        try withTemporaryStore { _, namespace in
            var random = SystemRandomNumberGenerator()
            for _ in 0..<30 {
                try namespace.deleteRange(.all)
                var model: [String: String] = [:]
                func key() -> String { String(UnicodeScalar(UInt8.random(in: 97...122, using: &random))) }
                for _ in 0..<8 {
                    let key = key()
                    model[key] = "base"
                    try namespace.put(key, "base")
                }
                try namespace.transaction { txn in
                    for _ in 0..<8 {
                        let key = key()
                        if Bool.random() { model[key] = "own" } else { model[key] = nil }
                        if model[key] == nil { try txn.delete(key) } else { try txn.put(key, "own") }
                    }
                    let lower = key()
                    let expected = model.keys.filter { $0 >= lower }.sorted()
                    var cursor = try txn.cursor(lower...)
                    var place: Int?
                    for _ in 0..<60 {
                        switch Int.random(in: 0..<4) {
                        case 0:
                            let isThere = try cursor.next()
                            place = place.map { min($0 + 1, expected.count) } ?? 0
                            #expect(isThere == (place! < expected.count))
                        case 1:
                            let isThere = try cursor.previous()
                            place = place.map { max($0 - 1, -1) } ?? expected.count - 1
                            #expect(isThere == (place! >= 0))
                        case 2:
                            let target = key()
                            let isThere = try cursor.seek(to: target)
                            place = expected.firstIndex { $0 >= target } ?? expected.count
                            #expect(isThere == (place! < expected.count))
                        default:
                            let target = key()
                            let isThere = try cursor.seek(backTo: target)
                            place = expected.lastIndex { $0 <= target } ?? -1
                            #expect(isThere == (place! >= 0))
                        }
                        if let place, expected.indices.contains(place) {
                            #expect(String(cursor.key) == expected[place])
                            #expect(String(cursor.value) == model[expected[place]])
                        }
                    }
                }
            }
        }
    }

    @Test("Any write between a read and the commit makes it run again", arguments: Interference.allCases)
    func conflicts(_ interference: Interference) throws {
        try withTemporaryStore { _, namespace in
            try namespace.put("key/5", "1")
            try namespace.put("far", "1")
            var attempts = 0
            try namespace.transaction { txn in
                attempts += 1
                switch interference {
                case .range, .phantom, .rangeDeletion: _ = try txn.entries(prefix: "key/").collect()
                case .reverse: _ = try txn.entries(prefix: "key/", reversed: true, limit: 1).collect()
                default: _ = try txn.get("key/5")
                }
                try txn.put("result", "\(attempts)")
                guard attempts == 1 else { return }
                switch interference {
                case .put, .range: try namespace.put("key/5", "2")
                case .delete: try namespace.delete("key/5")
                case .batch: try namespace.write { $0.put("key/5", "2") }
                case .update: try namespace.update { $0.put("key/5", "2") }
                case .transaction: try namespace.transaction { try $0.put("key/5", "2") }
                case .phantom: try namespace.put("key/7", "1")
                case .reverse: try namespace.put("key/6", "1")
                case .rangeDeletion: try namespace.deleteRange(.prefix("key/"))
                }
            }
            #expect(attempts == 2)
            #expect(try namespace.get("result") == Array("2".utf8))
        }
    }

    enum Interference: CaseIterable, Sendable {
        case put, delete, batch, update, transaction, range, phantom, reverse, rangeDeletion
    }

    @Test("Writes elsewhere, and equal ones, are no conflict")
    func noConflicts() throws {
        try withTemporaryStore { _, namespace in
            for key in 0..<10 { try namespace.put("key/\(key)", "1") }
            var attempts = 0
            try namespace.transaction { txn in
                attempts += 1
                _ = try txn.get("key/1")
                // Reads no more than the first three.
                _ = try txn.entries(prefix: "key/", limit: 3).collect()
                _ = try txn.entries("a"..<"b").collect()
                try txn.put("blind", "own")
                try namespace.put("key/1", "1")
                try namespace.put("key/5", "2")
                try namespace.put("blind", "other")
                try namespace.put("c", "2")
            }
            #expect(attempts == 1)
            #expect(try namespace.get("blind") == Array("own".utf8))
        }
    }

    @Test("After the last attempt it is a conflict, and nothing was written")
    func exhausted() throws {
        try withTemporaryStore { _, namespace in
            var attempts = 0
            let error = #expect(throws: StoreError.self) {
                try namespace.transaction(maxAttempts: 3) { txn in
                    attempts += 1
                    _ = try txn.get("a")
                    try txn.put("b", "1")
                    try namespace.put("a", "\(attempts)")
                }
            }
            #expect(error?.code == .conflict)
            #expect(error?.isRetryable == true)
            #expect(attempts == 3)
            let value = try namespace.get("b")
            #expect(value == nil)
            let refused = #expect(throws: StoreError.self) { try namespace.transaction(maxAttempts: 0) { _ in } }
            #expect(refused?.code == .invalidArgument)
        }
    }

    @Test("A closure that throws is not run again and writes nothing; one that only reads never conflicts")
    func failures() throws {
        struct Refused: Error {}
        try withTemporaryStore { _, namespace in
            #expect(throws: Refused.self) {
                try namespace.transaction { txn in
                    try txn.put("a", "1")
                    throw Refused()
                }
            }
            #expect(try namespace.get("a") == nil)
            var attempts = 0
            try namespace.transaction { txn in
                attempts += 1
                #expect(try txn.get("a") == nil)
                try namespace.put("a", "2")
                #expect(try txn.get("a") == nil)
            }
            #expect(attempts == 1)
        }
    }

    @Test("A transaction that is kept is refused, and one within an update too")
    func misuse() throws {
        try withTemporaryStore { _, namespace in
            var kept: Transaction?
            var entries: Entries?
            try namespace.transaction { txn in
                kept = txn
                try txn.put("a", "1")
                entries = txn.entries()
            }
            let transaction = try #require(kept)
            for call in [
                { _ = try transaction.get("a") }, { try transaction.put("b", "1") }, { try transaction.delete("a") },
                { _ = try transaction.getMany(["a"]) }, { _ = try transaction.contains("a") },
                { _ = try entries?.next() },
            ] {
                let error = #expect(throws: StoreError.self) { try call() }
                #expect(error?.code == .invalidArgument)
            }
            #expect(throws: StoreError.self) {
                try namespace.update { _ in try namespace.transaction { try $0.put("x", "1") } }
            }
            // The other way round an update is just another write.
            try namespace.transaction { txn in try namespace.update { $0.put("y", "1") } }
            #expect(try namespace.contains("y"))
        }
    }

    @Test("A transaction that is kept holds nothing of the engine, whether it committed, read only, or failed")
    func keptHoldsNothing() throws {
        struct Refused: Error {}
        try withTemporaryFolder { (folder) throws in
            var kept: [Transaction] = []
            let store = try Store.open(at: folder, configuration: .tiny)
            let namespace = try store.createNamespace("test")
            try namespace.put("a", "1")
            try namespace.transaction { txn in
                kept.append(txn)
                #expect(try txn.entries().collect().count == 1)
                try txn.put("b", "1")
            }
            try namespace.transaction { txn in
                kept.append(txn)
                let isThere = try txn.contains("b")
                #expect(isThere)
            }
            #expect(throws: Refused.self) {
                try namespace.transaction { txn in
                    kept.append(txn)
                    try txn.put("c", "1")
                    throw Refused()
                }
            }
            // Both are refused while anything reads the database.
            try namespace.reopen()
            try store.close()
            let again = try Store.open(at: folder, configuration: .tiny)
            #expect(try again.namespace("test").entries().collect().count == 2)
            try again.close()
            for transaction in kept {
                for call in [
                    { _ = try transaction.get("a") }, { _ = try transaction.pinned("a") },
                    { _ = try transaction.cursor() }, { _ = try transaction.entries().collect() },
                    { try transaction.put("b", "1") },
                ] {
                    let error = #expect(throws: StoreError.self) { try call() }
                    #expect(error?.code == .invalidArgument)
                }
            }
        }
    }

    @Test("A namespace, a snapshot and a transaction are read by the same code")
    func readable() throws {
        func sum(_ source: some Readable) throws -> Int {
            var sum = 0
            var cursor = try source.cursor(.prefix("n/"))
            while try cursor.next() { sum += Int(String(cursor.value)) ?? 0 }
            return sum
        }
        try withTemporaryStore { _, namespace in
            try namespace.put("n/1", "1")
            let snapshot = try namespace.snapshot()
            try namespace.put("n/2", "2")
            #expect(try sum(snapshot) == 1)
            #expect(try sum(namespace) == 3)
            let total = try namespace.transaction { txn in
                try txn.put("n/3", "3")
                return try sum(txn)
            }
            #expect(total == 6)
        }
    }

    @Test("Money is moved between accounts by transactions, updates and plain writes at once, and none is lost")
    func transfers() async throws {
        try await withTemporaryStore { _, namespace in
            for account in 0..<8 { try await namespace.put("account/\(account)", "100") }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<8 {
                    group.addTask {
                        for round in 0..<40 {
                            let from = "account/\((worker + round) % 8)"
                            let to = "account/\((worker * 3 + round + 1) % 8)"
                            guard from != to else { continue }
                            try await namespace.transaction(maxAttempts: 1000) { txn in
                                let (source, target) = (try number(txn.get(from)), try number(txn.get(to)))
                                try txn.put(from, "\(source - 1)")
                                try txn.put(to, "\(target + 1)")
                            }
                            // Seen whole at any time.
                            let sum = try await namespace.transaction { txn in
                                try txn.entries(prefix: "account/").collect().reduce(0) { $0 + number($1.value) }
                            }
                            #expect(sum == 800)
                            try await namespace.put("noise/\(worker)", "\(round)")
                        }
                    }
                    group.addTask {
                        for _ in 0..<40 {
                            try await namespace.update { update in
                                let value = try number(update.get("account/0"))
                                update.put("account/0", "\(value)")
                                update.put("updates", "\(try number(update.get("updates")) + 1)")
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            let sum = try await namespace.entries(prefix: "account/").collect().reduce(0) { $0 + number($1.value) }
            #expect(sum == 800)
            #expect(try await number(namespace.get("updates")) == 320)
        }
    }

    @Test("A plain write never gets lost between a transaction's check and its commit")
    func plainWrites() async throws {
        try await withTemporaryStore { _, namespace in
            // The writer only ever raises the number, and the transactions write back what they read.
            let writer = Task {
                for value in 1...3000 { _ = try await namespace.put("source", "\(value)") }
            }
            var last = 0
            while last < 3000 {
                let value = try await namespace.transaction(maxAttempts: 100_000) { txn in
                    let value = try number(txn.get("source"))
                    try txn.put("source", "\(value)")
                    return value
                }
                #expect(value >= last)
                last = value
            }
            try await writer.value
            #expect(try await number(namespace.get("source")) == 3000)
        }
    }

    @Test("Synced transactions of many tasks survive reopening", arguments: Durability.allCases)
    func durability(_ durability: Durability) async throws {
        try await withTemporaryStore { _, namespace in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<64 {
                    group.addTask {
                        try await namespace.transaction(durability: durability) { try $0.put("key/\(task)", "v") }
                    }
                }
                try await group.waitForAll()
            }
            if durability == .synced { #expect(namespace.durabilityLag.writes == 0) }
            try await namespace.reopen()
            #expect(try await namespace.entries(prefix: "key/").collect().count == 64)
        }
    }
}
