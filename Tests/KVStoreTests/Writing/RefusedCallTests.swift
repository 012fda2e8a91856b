import KVStore
import Testing

@testable import KVStore

@Suite("A refused call writes nothing, and the calls after it count")
struct RefusedCallTests {
    private let large = [UInt8](repeating: 7, count: Limits.keySize.bytes + 1)

    @Test("A transaction goes on after a put and a deletion that were refused")
    func transaction() throws {
        try withTemporaryStore { (_, namespace) throws in
            for columnFamily in [namespace] {
                try columnFamily.put("gone", "value")
                try columnFamily.transaction { transaction in
                    try transaction.put("before", "1")
                    expectError(.invalidArgument, "8388609 bytes", "this call wrote nothing") {
                        try transaction.put(large, "value")
                    }
                    expectError(.invalidArgument, "8388609 bytes", "this call wrote nothing") {
                        try transaction.delete(large)
                    }
                    try withVirtualBytes(Limits.valueSize.bytes + 1) { value in
                        _ = expectError(.invalidArgument, "3221225473 bytes", "this call wrote nothing") {
                            try transaction.put("before", value)
                        }
                    }
                    // Neither is refused for what came before.
                    try transaction.put("after", "2")
                    try transaction.delete("gone")
                    #expect(try transaction.get("before") == "1".bytes)
                    #expect(try transaction.entries().collect().map(\.key) == ["after".bytes, "before".bytes])
                }
                #expect(try columnFamily.content().keys.sorted() == ["after", "before"])
                // Refused first, and nothing else.
                try columnFamily.transaction { transaction in try? transaction.put(large, "value") }
                try columnFamily.transaction { transaction in
                    try? transaction.put(large, "value")
                    try transaction.put("third", "3")
                }
                #expect(try columnFamily.content().keys.sorted() == ["after", "before", "third"])
            }
        }
    }

    @Test("So does one that runs in a task")
    func asyncTransaction() async throws {
        try await withTemporaryStore { _, namespace in
            let large = large
            try await namespace.transaction { transaction in
                try? transaction.put(large, "value")
                try transaction.put("key", "value")
            }
            #expect(try await namespace.get("key") == "value".bytes)
        }
    }

    @Test("A batch and an update, whose calls do not throw, are refused whole")
    func batches() throws {
        try withTemporaryStore { (store, namespace) throws in
            expectError(.invalidArgument, "nothing of the batch was written") {
                try namespace.write { batch in
                    batch.put("a", "1")
                    batch.delete(large)
                    batch.put("b", "1")
                }
            }
            expectError(.invalidArgument, "nothing of the batch was written") {
                try store.write { batch in
                    batch.put(large, "1", in: namespace)
                    batch.put("b", "1", in: namespace)
                }
            }
            expectError(.invalidArgument, "nothing of this update was written") {
                try namespace.update { update in
                    update.delete(large)
                    update.put("b", "1")
                }
            }
            #expect(try namespace.content().isEmpty)
        }
    }

    @Test("What the engine would be asked to do is refused by name: a deletion has no value")
    func deletion() throws {
        try withTemporaryStore { (_, namespace) throws in
            let deletion = expectError(.invalidArgument, "a key of 8388609 bytes", "8 MiB") {
                try namespace.delete(large)
            }
            #expect(deletion?.message.contains("value") == false)
            let put = expectError(.invalidArgument, "a key of 8388609 bytes", "8 MiB") {
                try namespace.put(large, "12345")
            }
            #expect(put?.message.contains("value") == false)
            try withVirtualBytes(Limits.valueSize.bytes + 1) { value in
                _ = expectError(.invalidArgument, "a value of 3221225473 bytes", "3 GiB") {
                    try namespace.put("k", value)
                }
            }
        }
    }
}
