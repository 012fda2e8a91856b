import KVStore
import Testing

@Suite("Snapshots")
struct SnapshotTests {
    @Test("One never sees later writes, also across flushes and compactions", arguments: Variant.allCases)
    func stable(_ variant: Variant) throws {
        try withTemporaryStore(variant.configuration) { _, namespace in
            let keys = (0..<500).map { "key/\($0)" }
            try namespace.write { for key in keys { $0.put(key, "old") } }
            let snapshot = try namespace.snapshot()
            let before = try snapshot.entries().collect()
            for round in 0..<4 {
                try namespace.write { batch in
                    for key in keys { batch.put(key, "new \(round)") }
                    batch.put("later/\(round)", "value")
                }
                if round == 1 { try namespace.flush() }
                if round == 2 { try namespace.compact() }
                for key in keys.prefix(50) { try namespace.delete(key) }
            }
            try namespace.deleteRange(.prefix("key/4"))
            try namespace.compact()
            #expect(before.count == 500 && before.allSatisfy { $0.value == "old".bytes })
            #expect(try snapshot.entries().collect() == before)
            #expect(try snapshot.getMany(keys) == Array(repeating: "old".bytes, count: 500))
            #expect(try snapshot.get("later/0") == nil)
            #expect(try snapshot.contains("key/0") && !namespace.contains("key/0"))
            #expect(try snapshot.withValue(for: "key/42") { String($0) } == "old")
            #expect(try namespace.get("key/42") == nil)
        }
    }

    @Test("A cursor that is made of one goes on when nothing else refers to it")
    func cursorOfReleased() throws {
        try withTemporaryStore { _, namespace in
            let keys = (100..<200).map { "key/\($0)" }
            try namespace.deleteRange(KeyRange("a"..<"b"))
            try namespace.write { for key in keys { $0.put(key, "old") } }
            var snapshot: Snapshot? = try namespace.snapshot()
            try namespace.deleteRange(.prefix("key/"))
            try namespace.compact()
            guard var cursor = try snapshot?.cursor() else { throw NoValue() }
            snapshot = nil
            // The engine makes it where the other one was, if that is gone.
            let later = try namespace.snapshot()
            var found: [String] = []
            while try cursor.next() { found.append(String(cursor.key)) }
            #expect(found == keys)
            #expect(try later.entries().next() == nil)
        }
    }

    @Test("Many of them each see their own moment")
    func many() throws {
        try withTemporaryStore(Variant.flushing.configuration) { _, namespace in
            var snapshots: [Snapshot] = []
            for moment in 0..<200 {
                try namespace.put("moment", "\(moment)")
                if moment.isMultiple(of: 2) {
                    try namespace.put("even", "\(moment)")
                } else {
                    try namespace.delete("even")
                }
                snapshots.append(try namespace.snapshot())
                if moment.isMultiple(of: 50) { try namespace.flush() }
            }
            try namespace.compact()
            for moment in (0..<200).shuffled() {
                #expect(try snapshots[moment].get("moment") == "\(moment)".bytes)
                #expect(try snapshots[moment].contains("even") == moment.isMultiple(of: 2))
            }
        }
    }

    @Test("The engine lets go of what only a released snapshot needed")
    func released() throws {
        try withTemporaryStore { _, namespace in
            func count() throws -> String? { try namespace.property("rocksdb.num-snapshots") }
            #expect(try count() == "0")
            do {
                let snapshots = try (0..<10).map { _ in try namespace.snapshot() }
                #expect(try count() == "10")
                withExtendedLifetime(snapshots) {}
            }
            #expect(try count() == "0")
        }
    }

    @Test("Once its store is closed it reads nothing any more, and a store can be opened again beside it")
    func closed() throws {
        try withTemporaryFolder { folder in
            let store = try Store.open(at: folder, configuration: .tiny)
            let namespace = try store.createNamespace("orders")
            try namespace.put("key", "value")
            let snapshot = try namespace.snapshot()
            try store.close()
            expectError(.closed, "\"orders\"") { try snapshot.get("key") }
            expectError(.closed) { try snapshot.pinned("key") }
            expectError(.closed) { try snapshot.contains("key") }
            expectError(.closed) { try snapshot.getMany(["key"]) }
            expectError(.closed) { try snapshot.cursor() }
            expectError(.closed) { try snapshot.entries().collect() }
            // Released: it does not keep the store open.
            let again = try Store.open(at: folder, configuration: .tiny)
            #expect(try again.namespace("orders").get("key") == "value".bytes)
            expectError(.closed) { try snapshot.get("key") }
            try again.close()
        }
    }

    @Test("A snapshot that outlives the names of its store and namespace still reads")
    func outlives() throws {
        try withTemporaryFolder { folder in
            func make() throws -> Snapshot {
                let store = try Store.open(at: folder, configuration: .tiny)
                let namespace = try store.createNamespace("orders")
                try namespace.put("key", "value")
                return try namespace.snapshot()
            }
            do {
                let snapshot = try make()
                #expect(try snapshot.get("key") == "value".bytes)
                expectError(.alreadyOpen) { try Store.open(at: folder, configuration: .tiny) }
            }
            // The last to know the store is gone, and the store with it.
            #expect(try withStore(at: folder) { try $0.namespace("orders").get("key") } == "value".bytes)
        }
    }

    @Test("After its namespace was reopened it says so instead of reading something else")
    func reopened() throws {
        try withTemporaryStore { store, namespace in
            try namespace.put("key", "value")
            try store.metadata.put("key", "value")
            for namespace in [namespace, store.metadata] {
                let snapshot = try namespace.snapshot()
                try namespace.reopen()
                #expect(try namespace.get("key") == "value".bytes)
                expectError(.closed, "closed or reopened") { try snapshot.get("key") }
            }
        }
    }

    @Test("A cursor of a snapshot outlives it")
    func cursorOfASnapshot() throws {
        try withTemporaryStore { _, namespace in
            try namespace.put("a", "1")
            try namespace.put("b", "2")
            var cursor = try namespace.snapshot().cursor()
            try namespace.delete("b")
            try namespace.flush()
            try namespace.compact()
            #expect(try cursor.next() && cursor.next())
            #expect(Array(cursor.key) == "b".bytes)
            #expect(try !cursor.next())
        }
    }

    @Test("Threads that read one while others write see the same all the time")
    func threads() throws {
        try withTemporaryStore(Variant.flushing.configuration) { _, namespace in
            try namespace.write { for number in 0..<200 { $0.put("key/\(number)", "old") } }
            let snapshot = try namespace.snapshot()
            let expected = try snapshot.entries().collect()
            try onThreads(4) { thread in
                for round in 0..<20 {
                    if thread.isMultiple(of: 2) {
                        #expect(try snapshot.entries().collect() == expected)
                        #expect(try snapshot.get("key/\(round)") == "old".bytes)
                    } else {
                        try namespace.write { for number in 0..<200 { $0.put("key/\(number)", "\(thread) \(round)") } }
                    }
                }
            }
        }
    }
}
