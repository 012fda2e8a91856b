import KVStore
import Testing

@Suite("How much a power cut would take")
struct DurabilityLagTests {
    @Test("The lag counts what is not synced, and a sync ends it", .only(.separateDatabases))
    func lag() throws {
        var configuration = StoreConfiguration.tiny
        configuration.walSyncInterval = nil
        try withTemporaryStore(configuration) { store, namespace in
            #expect(store.durabilityLag == .none)
            let other = try store.createNamespace("other")
            _ = try namespace.write { batch in
                for number in 0..<10 { batch.put("key/\(number)", "v") }
            }
            try other.put("key", "v")
            #expect(namespace.durabilityLag.writes == 10)
            #expect(store.durabilityLag.writes == 11)
            #expect(store.durabilityLag.age > .zero)
            try namespace.sync()
            #expect(namespace.durabilityLag == .none)
            #expect(store.durabilityLag.writes == 1)
            try store.sync()
            #expect(store.durabilityLag == .none)
        }
    }

    @Test("A synced commit takes those before it along")
    func syncedCommit() throws {
        var configuration = StoreConfiguration.tiny
        configuration.walSyncInterval = nil
        try withTemporaryStore(configuration) { _, namespace in
            let early = try namespace.put("a", "1")
            #expect(!early.isDurable)
            let synced = try namespace.put("b", "2", durability: .synced)
            #expect(synced.isDurable)
            #expect(early.isDurable)
            #expect(synced.sequence > early.sequence)
        }
    }

    @Test("The metadata column family never lags")
    func metadata() throws {
        var configuration = StoreConfiguration.tiny
        configuration.walSyncInterval = nil
        try withTemporaryStore(configuration) { store, _ in
            let receipt = try store.metadata.put("key", "value", durability: .unlogged)
            #expect(receipt.durability == .synced)
            #expect(receipt.isDurable)
        }
    }

    @Test("A receipt waits on the calling thread too")
    func blockingWait() throws {
        var configuration = StoreConfiguration.tiny
        configuration.walSyncInterval = nil
        try withTemporaryStore(configuration) { _, namespace in
            let receipt = try namespace.put("a", "1")
            try receipt.waitUntilDurable()
            #expect(receipt.isDurable)
            let empty = try namespace.commit(WriteBatch())
            #expect(empty.isDurable)
            try empty.waitUntilDurable()
        }
    }
}
