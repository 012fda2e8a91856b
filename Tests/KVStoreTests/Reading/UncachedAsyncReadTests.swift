import KVStore
import Testing

@Suite("Async reads of what is not in memory")
struct UncachedAsyncReadTests {
    @Test("A value in a table file that is not open is read, not taken for empty", arguments: [false, true])
    func closedTableFiles(_ merges: Bool) async throws {
        var configuration = StoreConfiguration.tiny
        configuration.blockCache = .shared(.kibibytes(0))
        configuration.namespaceTuning.maxOpenFiles = 20
        configuration.namespaceTuning.level0CompactionTrigger = 1000
        configuration.namespaceTuning.level0SlowdownTrigger = 1000
        configuration.namespaceTuning.level0StopTrigger = 1000
        try await withTemporaryStore(configuration) { store, _ in
            let options = NamespaceOptions(mergeOperator: merges ? .max : nil)
            let namespace = try await store.createNamespace("many files", options: options)
            // More files than may be open, each with a key of its own and one that all ranges hold.
            for number in 0..<60 {
                try await namespace.put("a", "first")
                try await namespace.put("key/\(number)", "value \(number)")
                try await namespace.put("z", "last")
                try await namespace.flush()
            }
            try await namespace.reopen()
            for number in 0..<60 {
                let value = try await namespace.get("key/\(number)")
                #expect(value == Array("value \(number)".utf8))
                #expect(try await namespace.withValue(for: "key/\(number)") { String($0) } == "value \(number)")
                #expect(try await namespace.contains("key/\(number)"))
                #expect(try await !namespace.contains("key/\(number)/missing"))
            }
        }
    }
}
