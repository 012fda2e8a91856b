import Foundation
import KVStore
import SystemPackage
import Testing

@Suite("Commits to several namespaces")
struct StoreWriteTests {
    private func withTwo(
        _ layout: Store.Layout, _ body: (Store, Namespace, Namespace) throws -> Void
    ) throws {
        try withTemporaryFolder { folder in
            try withStore(at: folder, .tiny(layout)) { (store) throws in
                try body(store, try store.createNamespace("one"), try store.createNamespace("two"))
            }
        }
    }

    @Test("All of it is there, in the order given, after reopening too")
    func commit() throws {
        try withTemporaryFolder { folder in
            try withStore(at: folder, .tiny(.singleDatabase)) { (store) throws in
                let sums = try store.createNamespace("sums", options: NamespaceOptions(mergeOperator: .add64))
                let brief = try store.createNamespace("brief", options: NamespaceOptions(timeToLive: .seconds(3600)))
                let plain = try store.createNamespace("plain")
                try plain.put("old", "value")
                try plain.put("range/1", "value")
                let receipt = try store.write(durability: .synced) { batch in
                    batch.put("a", "1", in: plain)
                    batch.merge("n", MergeOperator.number(2), in: sums)
                    batch.put("b", "2", in: brief)
                    batch.put("a", "3", in: plain)
                    batch.delete("old", in: plain)
                    batch.deleteRange(.prefix("range/"), in: plain)
                    batch.merge("n", MergeOperator.number(3), in: sums)
                    #expect(batch.count == 7)
                }
                #expect(receipt.isDurable)
                #expect(store.durabilityLag.writes == 0)
            }
            try withStore(at: folder, .tiny(nil)) { (store) throws in
                #expect(try texts(store.namespace("plain")) == ["a": "3"])
                #expect(try store.namespace("sums").get("n").flatMap { MergeOperator.number(in: $0) } == 5)
                #expect(try store.namespace("brief").get("b") == "2".bytes)
            }
        }
    }

    @Test("A batch is a value that is made before, and committed by itself")
    func value() throws {
        try withTwo(.singleDatabase) { store, one, two in
            var batch = StoreBatch()
            #expect(batch.isEmpty)
            batch.put("a", "1", in: one)
            batch.put("b", "2", in: two)
            try store.commit(batch)
            #expect(try texts(one) == ["a": "1"])
            #expect(try texts(two) == ["b": "2"])
        }
    }

    @Test("A closure that throws, or a batch that cannot be, writes nothing")
    func refused() throws {
        try withTwo(.singleDatabase) { store, one, two in
            do {
                try store.write { batch in
                    batch.put("a", "1", in: one)
                    throw Stop()
                }
                Issue.record("nothing was thrown")
            } catch is Stop {}
            #expect(try one.get("a") == nil)
            expectError(.invalidArgument, "database of its own", "nothing was written") {
                try store.write {
                    $0.put("a", "1", in: one)
                    $0.put("a", "1", in: store.metadata)
                }
            }
            expectError(.invalidArgument, ".unlogged") {
                try store.write(durability: .unlogged) {
                    $0.put("a", "1", in: one)
                    $0.put("a", "1", in: two)
                }
            }
            expectError(.invalidArgument, "merge operator") {
                try store.write {
                    $0.put("a", "1", in: one)
                    $0.merge("a", "1", in: two)
                }
            }
            try withTemporaryStore { (_, foreign) throws in
                _ = expectError(.invalidArgument, "another store") {
                    try store.write {
                        $0.put("a", "1", in: one)
                        $0.put("a", "1", in: foreign)
                    }
                }
            }
            try store.dropNamespace("two")
            expectError(.namespaceNotFound) {
                try store.write {
                    $0.put("a", "1", in: one)
                    $0.put("a", "1", in: two)
                }
            }
            #expect(try one.entries().collect().isEmpty)
            try store.write { _ in }
            try store.write { $0.put("a", "1", in: one) }
            #expect(try one.get("a") == "1".bytes)
        }
    }

    @Test("Separate databases take commits to one namespace, and say which layout takes more")
    func separateDatabases() throws {
        try withTwo(.separateDatabases) { store, one, two in
            expectError(.invalidArgument, "singleDatabase", "nothing was written") {
                try store.write {
                    $0.put("a", "1", in: one)
                    $0.put("a", "1", in: two)
                }
            }
            #expect(try one.get("a") == nil)
            try store.write {
                $0.put("a", "1", in: one)
                $0.put("b", "2", in: one)
            }
            #expect(try texts(one) == ["a": "1", "b": "2"])
        }
    }

    @Test("Tasks commit too, and updates and transactions notice")
    func tasks() async throws {
        try await withTemporaryFolder { folder in
            let store = try await Store.open(at: folder, configuration: .tiny(.singleDatabase))
            let one = try await store.createNamespace("one")
            let two = try await store.createNamespace("two")
            _ = try await one.update { try $0.get("n") }
            try await store.write(durability: .synced) { batch in
                batch.put("n", "1", in: one)
                batch.put("n", "1", in: two)
            }
            #expect(try await one.update { try $0.get("n") } == "1".bytes)
            let attempts = Counter()
            try await one.transaction { txn in
                _ = try txn.get("n")
                if attempts.next() == 1 { try writeToBoth(store, one, two) }
                try txn.put("seen", String(decoding: txn.get("n") ?? [], as: UTF8.self))
            }
            #expect(attempts.value == 2)
            #expect(try await one.get("seen") == "2".bytes)
            try await store.close()
        }
    }

    private func writeToBoth(_ store: Store, _ one: Namespace, _ two: Namespace) throws {
        try store.write { batch in
            batch.put("n", "2", in: two)
            batch.put("n", "2", in: one)
        }
    }

    @Test("Threads that commit to many, drop, reopen and copy at the same time get through")
    func underConcurrency() throws {
        try withTemporaryFolder { folder in
            try withStore(at: folder.appending("store"), .tiny(.singleDatabase)) { (store) throws in
                let all = try (0..<6).map { try store.createNamespace("n\($0)") }
                try all[0].transaction { try $0.put("first", "transaction") }
                let done = Flag()
                let disturber = RunningThread {
                    var round = 0
                    while !done.isSet {
                        round += 1
                        try store.checkpoint(to: folder.appending("copy-\(round)"))
                        try all[round % 6].reopen()
                        try store.createNamespace("brief")
                        try store.dropNamespace("brief")
                    }
                }
                try onThreads(6) { thread in
                    for number in 0..<200 {
                        // In different orders, with all gates passed together.
                        let order = thread % 2 == 0 ? all : all.reversed()
                        try store.write { batch in
                            for namespace in order { batch.put("\(thread)/\(number)", "value", in: namespace) }
                        }
                    }
                }
                done.set()
                try disturber.get()
                for namespace in all { #expect(try namespace.entries(prefix: "").collect().count >= 1200) }
            }
        }
    }
}

private struct Stop: Error {}

/// Counts calls.
private final class Counter: @unchecked Sendable {  // used on one thread at a time
    private(set) var value = 0

    func next() -> Int {
        value += 1
        return value
    }
}
