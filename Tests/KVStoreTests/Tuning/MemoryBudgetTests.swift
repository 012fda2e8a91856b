import KVStore
import Logging
import Testing

@testable import KVStore

@Suite("The memory that a configuration may take")
struct MemoryBudgetTests {
    @Test("A small store is small, and keeps what the documented tuning promises")
    func small() throws {
        try withTemporaryFolder { folder in
            try withStore(at: folder, .small) { (store) throws in
                #expect(store.memoryBudget == .mebibytes(36))
                let namespace = try store.createNamespace("namespace")
                for number in 0..<20_000 { try namespace.put("key/\(number)", String(repeating: "v", count: 1000)) }
                #expect(try namespace.get("key/7") != nil)
                #expect(try store.namespaceStatistics().map(\.name) == ["namespace"])
            }
            #expect(StoreConfiguration.small.namespaceTuning.durability == Tuning.namespace.durability)
            #expect(StoreConfiguration.small.walSyncInterval == StoreConfiguration().walSyncInterval)
        }
    }

    @Test("A warning names the settings that are too large, and no others")
    func warning() throws {
        let cache = "lower blockCache, which comes to 1 PiB"
        #expect(try warning { $0.blockCache = .shared(.gibibytes(1 << 20)) }.hasSuffix(": \(cache)"))
        #expect(
            try warning { $0.metadataTuning.blockCacheCapacity = .gibibytes(1 << 20) }
                .hasSuffix(": lower metadataTuning.blockCacheCapacity, which comes to 1 PiB"))
        let both = try warning {
            $0.blockCache = .shared(.gibibytes(1 << 20))
            $0.memtableLimit = nil
            $0.namespaceTuning.memtableSize = .gibibytes(64)
            $0.namespaceTuning.maxMemtables = 1000
        }
        #expect(both.contains("\(cache); lower memtableLimit, namespaceTuning.memtableSize"))
        #expect(try warning { _ in } == "")
    }

    /// What the opening of a store with one namespace warns of.
    private func warning(_ change: (inout StoreConfiguration) -> Void) throws -> String {
        try withTemporaryFolder { folder in
            try withStore(at: folder, .tiny) { (store) throws in _ = try store.createNamespace("namespace") }
            let log = KeptLog()
            var configuration = StoreConfiguration.tiny
            configuration.logger = log.logger
            change(&configuration)
            try withStore(at: folder, configuration) { _ in }
            return log.messages.filter { $0.level == .warning }.map(\.text).joined()
        }
    }
}
