import Foundation
import KVStore
import Testing

@Suite("Renaming a namespace")
struct NamespaceRenameTests {
    @Test("It keeps its data, and so do values, cursors and snapshots of before; the old name is free")
    func inUse() throws {
        try withTemporaryFolder { folder in
            try withStore(at: folder) { (store) throws in
                let orders = try store.createNamespace("orders")
                try orders.write { for number in 0..<100 { $0.put("key/\(number)", "value") } }
                var cursor = try orders.cursor()
                #expect(try cursor.next())
                let snapshot = try orders.snapshot()
                try store.renameNamespace("orders", to: "archive")
                #expect(orders.name == "archive")
                #expect(try store.namespaces().map(\.name) == ["archive"])
                expectError(.namespaceNotFound, "\"orders\"") { try store.namespace("orders") }
                try orders.put("later", "value")
                #expect(try store.namespace("archive").get("later") == "value".bytes)
                #expect(try snapshot.get("later") == nil)
                #expect(try cursor.next())
                // The old name is another's now, and neither sees the other.
                let new = try store.createNamespace("orders")
                #expect(try new.entries().collect().isEmpty)
                try new.put("key", "new")
                #expect(try orders.get("key") == nil)
                expectError(.invalidArgument, "\"archive\"") {
                    try orders.put([UInt8](repeating: 0, count: Limits.keySize.bytes + 1), "")
                }
            }
            try withStore(at: folder) { (store) throws in
                #expect(try store.namespaces().map(\.id) == [1, 2])
                #expect(try store.namespaces().map(\.name) == ["archive", "orders"])
                #expect(try store.namespace("archive").get("later") == "value".bytes)
                #expect(try store.namespace("orders").get("key") == "new".bytes)
            }
        }
    }

    @Test("One that is not open is renamed too, and its first range deletion under the new name is noted")
    func closed() throws {
        try withTemporaryFolder { folder in
            try withStore(at: folder) { try $0.createNamespace("orders").put("key", "value") }
            try withStore(at: folder) { (store) throws in
                let orders = try store.namespace("orders")
                try store.renameNamespace("orders", to: "archive")
                #expect(try orders.get("key") == "value".bytes)
                try orders.put("other", "value")
                try orders.deleteRange(.prefix("k"))
            }
            try withStore(at: folder) { (store) throws in
                #expect(try store.namespace("archive").entries().collect().map(\.key) == ["other".bytes])
            }
        }
    }

    @Test("Names that are missing, taken or impossible are refused, and the name it has is no change")
    func refused() throws {
        try withTemporaryStore { store, namespace in
            try store.createNamespace("other")
            expectError(.namespaceNotFound, "renameNamespace", "\"none\"") {
                try store.renameNamespace("none", to: "new")
            }
            expectError(.namespaceExists, "\"other\"") { try store.renameNamespace("test", to: "other") }
            expectError(.invalidName) { try store.renameNamespace("test", to: "") }
            try store.renameNamespace("test", to: "test")
            #expect(namespace.name == "test")
            #expect(try store.namespaces().map(\.name) == ["other", "test"])
        }
    }

    @Test("Names that are the same characters in other bytes are other names")
    func canonicallyEqual() throws {
        try withTemporaryStore { store, _ in
            let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
            try store.createNamespace(composed).put("key", "value")
            try store.renameNamespace(composed, to: decomposed)
            expectError(.namespaceNotFound) { try store.namespace(composed) }
            #expect(try store.namespace(decomposed).get("key") == "value".bytes)
        }
    }

    @Test("A follower that catches up knows it by the new name, also when two have changed names")
    func follower() throws {
        try withTemporaryFolder { folder in
            try withStore(at: folder) { (store) throws in
                for name in ["a", "b"] { try store.createNamespace(name).put("key", name, durability: .synced) }
                var configuration = StoreConfiguration.tiny
                configuration.access = .follower
                let follower = try Store.open(at: folder, configuration: configuration)
                let (a, b) = (try follower.namespace("a"), try follower.namespace("b"))
                #expect(try a.get("key") == "a".bytes)
                try store.renameNamespace("a", to: "c")
                try store.renameNamespace("b", to: "a")
                try store.renameNamespace("c", to: "b")
                try follower.catchUp()
                #expect(a.name == "b")
                #expect(b.name == "a")
                #expect(try a.get("key") == "a".bytes)
                #expect(try follower.namespace("a").get("key") == "b".bytes)
                expectError(.readOnly) { try follower.renameNamespace("a", to: "d") }
                try follower.close()
            }
        }
    }

    @Test("Readers and writers go on while names change, and are never told that it is gone")
    func concurrent() throws {
        try withTemporaryStore { store, namespace in
            let stop = Flag()
            let begun = (0..<3).map { _ in Flag() }
            let users = (0..<3).map { thread in
                RunningThread { () -> Int in
                    var count = 0
                    while !stop.isSet {
                        try namespace.put("key/\(thread)", "\(count)")
                        #expect(try namespace.get("key/\(thread)") == "\(count)".bytes)
                        #expect(namespace.name.hasPrefix("test"))
                        count += 1
                        begun[thread].set()
                    }
                    return count
                }
            }
            #expect(eventually { begun.allSatisfy(\.isSet) })
            var name = "test"
            for round in 0..<30 {
                try store.renameNamespace(name, to: "test\(round)")
                name = "test\(round)"
            }
            stop.set()
            for user in users { #expect(try user.get() > 0) }
        }
    }
}
