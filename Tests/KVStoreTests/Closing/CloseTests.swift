import KVStore
import SystemPackage
import Testing

@Suite("Closing a store")
struct CloseTests {
    @Test("Closing once more does nothing")
    func idempotent() throws {
        try withTemporaryFolder { folder in
            let store = try Store.open(at: folder, configuration: .tiny)
            try store.createNamespace("orders").put("key", "value")
            for _ in 0..<3 { try store.close() }
            try onThreads(4) { _ in try store.close() }
        }
    }

    @Test("A closed store that is still referred to does not keep the folder from being opened")
    func reopensAtOnce() throws {
        try withTemporaryFolder { folder in
            var closed: [(Store, Namespace)] = []
            for round in 0..<3 {
                let store = try Store.open(at: folder, configuration: .tiny)
                let namespace = try store.namespace("orders", createIfMissing: true)
                try namespace.put("round", "\(round)")
                try store.close()
                closed.append((store, namespace))
            }
            for (store, namespace) in closed {
                expectError(.closed) { try namespace.get("round") }
                expectError(.closed) { try store.namespaces() }
                try store.close()
            }
            #expect(try withStore(at: folder) { try $0.namespace("orders").get("round") } == "2".bytes)
        }
    }

    @Test("Every use of a namespace throws from then on, whatever it was before", arguments: [true, false])
    func namespaces(wasOpen: Bool) throws {
        try withTemporaryFolder { folder in
            try withStore(at: folder) { try createOrders(in: $0).put("key", "value") }
            let store = try Store.open(at: folder, configuration: .tiny)
            let namespace = try store.namespace("orders")
            if wasOpen { try namespace.put("key", "value") }
            let metadata = store.metadata
            try store.close()
            for (name, use) in usesOfANamespace {
                for namespace in [namespace, metadata] where namespace !== metadata || metadataTakes(name) {
                    let error = expectError(.closed, "the store was closed") { try use(namespace) }
                    #expect(error?.namespace == namespace.name, "\(name)")
                }
            }
            #expect(namespace.durabilityLag == .none)
            #expect(namespace.name == "orders")
            #expect(try withStore(at: folder) { try $0.namespace("orders").entries().collect().count } == 1)
        }
    }

    private func createOrders(in store: Store) throws -> Namespace {
        try store.createNamespace("orders", options: NamespaceOptions(mergeOperator: .add64))
    }

    @Test("So does every async use", arguments: [true, false])
    func asyncUses(wasOpen: Bool) async throws {
        try await withTemporaryFolder { folder in
            try withStore(at: folder) { try createOrders(in: $0).put("key", "value") }
            let store = try await Store.open(at: folder, configuration: .tiny)
            let namespace = try await store.namespace("orders")
            if wasOpen { try await namespace.put("key", "value") }
            let metadata = store.metadata
            try await store.close()
            for (name, use) in asyncUsesOfANamespace {
                for namespace in [namespace, metadata] where namespace !== metadata || metadataTakes(name) {
                    let error = await #expect(throws: StoreError.self, "\(name)") { try await use(namespace) }
                    #expect(error?.code == .closed, "\(name)")
                    #expect(error?.namespace == namespace.name, "\(name)")
                }
            }
        }
    }

    @Test("So does every call of the store itself")
    func storeCalls() throws {
        try withTemporaryFolder { folder in
            let store = try Store.open(at: folder, configuration: .tiny)
            _ = try store.createNamespace("orders")
            try store.close()
            expectError(.closed) { try store.namespace("orders") }
            expectError(.closed) { try store.namespace("users") }
            expectError(.closed) { try store.namespace("users", createIfMissing: true) }
            expectError(.closed) { try store.createNamespace("users") }
            expectError(.closed) { try store.dropNamespace("orders") }
            expectError(.closed) { try store.namespaces() }
            expectError(.closed) { try store.sync() }
            expectError(.closed) { try store.metadata.put("key", "value") }
            #expect(store.path == folder)
            #expect(store.durabilityLag == .none)
            #expect(try withStore(at: folder) { try $0.namespaces().map(\.name) } == ["orders"])
        }
    }

    @Test("A store that nobody refers to any more is closed", arguments: Durability.allCases)
    func deinitialised(_ durability: Durability) throws {
        try withTemporaryFolder { folder in
            for round in 0..<3 {
                let store = try Store.open(at: folder, configuration: .tiny)
                try store.namespace("orders", createIfMissing: true).put("\(round)", "value", durability: durability)
            }
            #expect(try withStore(at: folder) { try $0.namespace("orders").entries().collect().count } == 3)
        }
    }

    @Test("What was committed is there when the store is opened again", arguments: Durability.allCases)
    func committed(_ durability: Durability) throws {
        try withTemporaryFolder { folder in
            var configuration = StoreConfiguration.tiny
            configuration.walSyncInterval = nil
            try withStore(at: folder, configuration) { store in
                let namespace = try store.createNamespace("orders")
                for number in 0..<100 { try namespace.put("put/\(number)", "value", durability: durability) }
                try namespace.write(durability: durability) {
                    for number in 0..<100 { $0.put("batch/\(number)", "value") }
                }
                try namespace.update(durability: durability) { $0.put("update", "value") }
                try store.metadata.put("key", "value", durability: durability)
            }
            try withStore(at: folder) { (store) throws in
                #expect(try store.namespace("orders").entries().collect().count == 201)
                #expect(try store.metadata.get("key") == "value".bytes)
            }
        }
    }
}
