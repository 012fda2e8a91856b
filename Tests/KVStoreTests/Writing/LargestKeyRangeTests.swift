import KVStore
import Testing

@Suite("Deleting ranges that end with the largest key")
struct LargestKeyRangeTests {
    private let largest = [UInt8](repeating: 0xFF, count: Limits.keySize.bytes)

    @Test("Everything goes, also where the last key is as large as keys get")
    func everything() throws {
        try withTemporaryStore { store, namespace in
            for columnFamily in [namespace, store.metadata] {
                try columnFamily.put("a", "1")
                try columnFamily.put(largest, "2")
                try columnFamily.deleteRange(.all)
                #expect(try columnFamily.entries().collect().isEmpty)
                try columnFamily.put(largest, "3")
                try columnFamily.deleteRange(KeyRange(from: "b"))
                #expect(try columnFamily.entries().collect().isEmpty)
            }
        }
    }

    @Test("A range through the largest key can be deleted in a batch, and one from behind it")
    func batches() throws {
        try withTemporaryStore { store, namespace in
            try namespace.put("a", "1")
            try namespace.put(largest, "2")
            try namespace.write { $0.deleteRange(KeyRange(from: "b", to: largest + [0])) }
            #expect(try namespace.entries().collect().map(\.key) == ["a".bytes])
            try namespace.put(largest, "2")
            try store.write { $0.deleteRange(KeyRange(from: "b", to: largest + [0]), in: namespace) }
            #expect(try namespace.entries().collect().map(\.key) == ["a".bytes])
            try namespace.put(largest, "2")
            // From the place behind the largest key on: nothing.
            try namespace.deleteRange(KeyRange(from: largest + [0]))
            try namespace.write { $0.deleteRange(KeyRange(from: largest + [0], to: largest + [1])) }
            #expect(try namespace.entries().collect().count == 2)
            expectError(.invalidArgument, "bound of a range") {
                try namespace.write { $0.deleteRange(KeyRange(from: "b", to: largest + [0, 0])) }
            }
        }
    }

    @Test("In a task too")
    func task() async throws {
        try await withTemporaryStore { _, namespace in
            try await namespace.put(largest, "2")
            try await namespace.deleteRange(.all)
            #expect(try await namespace.get(largest) == nil)
        }
    }
}
