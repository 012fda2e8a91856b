import Foundation
import KVStore
import SystemPackage
import Testing

@Suite("Creating, listing and dropping namespaces")
struct NamespaceLifecycleTests {
    @Test("A missing one is not found, or created where that was asked for")
    func missing() throws {
        try withTemporaryFolder { folder in
            try withStore(at: folder) { (store) throws in
                expectError(.namespaceNotFound, "\"orders\"", "createIfMissing: true", folder.string) {
                    try store.namespace("orders")
                }
                #expect(try store.namespaces().isEmpty)
                try store.namespace("orders", createIfMissing: true).put("key", "value")
                #expect(try store.namespace("orders", createIfMissing: true).get("key") == "value".bytes)
                #expect(try store.namespace("orders").get("key") == "value".bytes)
                expectError(.namespaceNotFound, "\"users\"") { try store.dropNamespace("users") }
            }
        }
    }

    @Test("One that is there is not created again")
    func exists() throws {
        try withTemporaryStore { store, namespace in
            try namespace.put("key", "value")
            expectError(.namespaceExists, "\"test\"", "there already") { try store.createNamespace("test") }
            #expect(try store.namespace("test").get("key") == "value".bytes)
            #expect(try store.namespaces().count == 1)
        }
    }

    @Test("The list is ordered by the bytes of the names and tells when each was created")
    func list() throws {
        try withTemporaryFolder { folder in
            let names = ["b", "a", "Z", "ä", "a/b", "10", "9", "🙂", "zz"]
            let before = Timestamp.now + .seconds(-1)
            try withStore(at: folder) { (store) throws in
                for name in names { try store.createNamespace(name) }
            }
            try withStore(at: folder) { (store) throws in
                let list = try store.namespaces()
                let sorted = names.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
                #expect(list.map(\.name) == sorted)
                #expect(Set(list.map(\.id)) == Set(1...UInt64(names.count)))
                #expect(list.allSatisfy { $0.created > before && $0.created <= .now })
            }
        }
    }

    @Test("Keys of one are not seen in another, nor in the metadata or the catalog")
    func isolation() throws {
        try withTemporaryFolder { folder in
            try withStore(at: folder) { (store) throws in
                let spaces = try ["a", "b", "metadata"].map { try store.createNamespace($0) } + [store.metadata]
                for (number, space) in spaces.enumerated() {
                    try space.put("key", "\(number)")
                    try space.put("namespace/a", "not of the catalog")
                    try space.put("only \(number)", "")
                }
                for (number, space) in spaces.enumerated() {
                    #expect(try space.get("key") == "\(number)".bytes)
                    #expect(
                        try space.entries().collect().map(\.key)
                            == ["key", "namespace/a", "only \(number)"].map(\.bytes))
                    try space.delete("namespace/b")
                }
                try store.metadata.deleteRange(.all)
                #expect(try store.namespaces().map(\.name) == ["a", "b", "metadata"])
                #expect(try store.namespace("a").get("key") == "0".bytes)
                #expect(try store.metadata.entries().collect().isEmpty)
            }
            #expect(try withStore(at: folder) { try $0.namespaces().count } == 3)
        }
    }

    @Test("A dropped one is gone with its files, and one created under its name is another")
    func dropAndRecreate() throws {
        try withTemporaryFolder { folder in
            try withStore(at: folder) { (store) throws in
                let old = try store.createNamespace("orders")
                try old.put("key", "old")
                try store.dropNamespace("orders")
                #expect(try eventually { try folder.columnFamilies() == [] })
                expectError(.namespaceNotFound, "\"orders\"") { try store.namespace("orders") }
                let new = try store.createNamespace("orders")
                #expect(try new.entries().collect().isEmpty)
                try new.put("key", "new")
                #expect(try folder.columnFamilies() == ["2"])
                expectError(.namespaceNotFound, "the namespace was dropped") { try old.get("key") }
                #expect(try store.namespaces().map(\.id) == [2])
            }
            try withStore(at: folder) { (store) throws in
                #expect(try store.namespace("orders").get("key") == "new".bytes)
                // Numbers are not used again, even when the last one was dropped.
                try store.dropNamespace("orders")
            }
            try withStore(at: folder) { (store) throws in
                try store.createNamespace("orders")
                #expect(try store.namespaces().map(\.id) == [3])
            }
        }
    }

    @Test("One that was never opened since the store was, can be dropped")
    func dropUnopened() throws {
        try withTemporaryFolder { folder in
            try withStore(at: folder) { try $0.createNamespace("orders").put("key", "value") }
            try withStore(at: folder) { (store) throws in
                try store.dropNamespace("orders")
                #expect(try eventually { try folder.columnFamilies() == [] })
            }
            #expect(try folder.columnFamilies() == [])
            #expect(try withStore(at: folder) { try $0.namespaces() }.isEmpty)
        }
    }

    @Test("Every use of a dropped one throws")
    func useAfterDrop() throws {
        try withTemporaryStore { store, _ in
            let options = NamespaceOptions(mergeOperator: .add64)
            let namespace = try store.createNamespace("sums", options: options)
            try namespace.put("key", "value")
            let snapshot = try namespace.snapshot()
            try store.dropNamespace("sums")
            for (name, use) in usesOfANamespace {
                let error = expectError(.namespaceNotFound, "\"sums\"", "dropped") { try use(namespace) }
                #expect(error != nil, "\(name)")
            }
            expectError(.namespaceNotFound, "dropped") { try snapshot.get("key") }
        }
    }

    @Test("So does every async use of it")
    func asyncUseAfterDrop() async throws {
        try await withTemporaryStore { store, _ in
            let options = NamespaceOptions(mergeOperator: .add64)
            let namespace = try await store.createNamespace("sums", options: options)
            try await namespace.put("key", "value")
            try await store.dropNamespace("sums")
            for (name, use) in asyncUsesOfANamespace {
                let error = await #expect(throws: StoreError.self, "\(name)") { try await use(namespace) }
                #expect(error?.code == .namespaceNotFound, "\(name)")
                #expect(error?.namespace == "sums", "\(name)")
            }
        }
    }

    @Test("The application's metadata has no attributes, tuning or statistics, and says so while it is open")
    func metadata() throws {
        try withTemporaryStore { store, _ in
            expectError(.invalidArgument, "no namespace of the catalog") { try store.metadata.statistics() }
            expectError(.invalidArgument, "no namespace of the catalog") { try store.metadata.attributes }
            expectError(.invalidArgument, "no namespace of the catalog") { try store.metadata.tuning }
        }
    }
}
