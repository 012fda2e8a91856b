import KVStore
import Testing

@Suite("Attributes of a namespace")
struct NamespaceAttributesTests {
    @Test("They are kept, listed, changed one by one or all at once, and are there after reopening")
    func lifecycle() async throws {
        try await withTemporaryFolder { folder in
            let options = NamespaceOptions(attributes: ["plan": "gold", "owner": "ünï"])
            let store = try await Store.open(at: folder, configuration: .tiny)
            let orders = try await store.createNamespace("orders", options: options)
            #expect(try orders.attributes == ["plan": "gold", "owner": "ünï"])
            try await orders.setAttribute("plan", to: "silver")
            try await orders.setAttribute("region", to: "eu")
            try await orders.setAttribute("owner", to: nil)
            try await orders.setAttribute("not there", to: nil)
            #expect(try await store.namespaces().map(\.attributes) == [["plan": "silver", "region": "eu"]])
            // Not what a namespace must have been created with.
            #expect(try await store.namespace("orders", options: options).attributes["plan"] == "silver")
            try await store.renameNamespace("orders", to: "archive")
            try await store.close()
            try withStore(at: folder) { (store) throws in
                let archive = try store.namespace("archive")
                #expect(try archive.attributes == ["plan": "silver", "region": "eu"])
                try archive.setAttributes(["only": ""])
                #expect(try archive.attributes == ["only": ""])
                try archive.setAttributes([:])
                #expect(try store.namespaces().map(\.attributes) == [[:]])
            }
        }
    }

    @Test("What is too large or has no name is refused and changes nothing")
    func refused() throws {
        try withTemporaryStore { store, namespace in
            let limit = Limits.namespaceAttributesSize.bytes
            try namespace.setAttribute("a", to: String(repeating: "x", count: limit - 1))
            expectError(.invalidArgument, "16 KiB", "attributes", "\"test\"") {
                try namespace.setAttribute("b", to: "")
            }
            expectError(.invalidArgument, "empty name") { try namespace.setAttribute("", to: "x") }
            #expect(try namespace.attributes.keys.sorted() == ["a"])
            expectError(.invalidArgument, "empty name") {
                try store.createNamespace("other", options: NamespaceOptions(attributes: ["": "x"]))
            }
            expectError(.invalidArgument, "metadata") { try store.metadata.attributes }
            #expect(try store.namespaces().count == 1)
        }
    }

    @Test("Threads that change different ones lose nothing of each other")
    func concurrent() throws {
        try withTemporaryStore { _, namespace in
            try onThreads(8) { thread in
                for round in 0..<5 { try namespace.setAttribute("thread \(thread)", to: "\(round)") }
            }
            #expect(try namespace.attributes.values.allSatisfy { $0 == "4" })
            #expect(try namespace.attributes.count == 8)
        }
    }

    @Test("A dropped namespace and a closed store say so")
    func gone() throws {
        try withTemporaryFolder { folder in
            let store = try Store.open(at: folder, configuration: .tiny)
            let dropped = try store.createNamespace("dropped")
            let kept = try store.createNamespace("kept")
            try store.dropNamespace("dropped")
            try store.createNamespace("dropped")
            expectError(.namespaceNotFound, "dropped") { try dropped.attributes }
            expectError(.namespaceNotFound, "dropped") { try dropped.setAttribute("a", to: "b") }
            try store.close()
            expectError(.closed) { try kept.attributes }
            expectError(.closed) { try kept.setAttribute("a", to: "b") }
        }
    }
}
