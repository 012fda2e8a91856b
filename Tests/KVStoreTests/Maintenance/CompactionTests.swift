import KVStore
import Testing

@Suite("Compacting reclaims the space of what is gone")
struct CompactionTests {
    @Test("Also of what the engine would only move to the last level, file by file")
    func moved() throws {
        try withTemporaryStore { store, namespace in
            let noise = (0..<1_000_000).map { _ in UInt8.random(in: 0...255) }
            for key in ["small", "large"] {
                try namespace.put(key, key == "small" ? Array(noise.prefix(1000)) : noise)
                try namespace.flush()
            }
            #expect(try namespace.approximateSize().bytes > 900_000)
            try namespace.delete("large")
            try namespace.compact()
            #expect(try namespace.approximateSize().bytes < 100_000)
            #expect(try namespace.verify().entries == 1)
            #expect(try namespace.approximateCount() == 1)
        }
    }

    @Test("Only the range that is asked for")
    func range() throws {
        try withTemporaryStore { store, namespace in
            let noise = (0..<300_000).map { _ in UInt8.random(in: 0...255) }
            for key in ["a", "b"] {
                try namespace.put(key, noise)
                try namespace.flush()
                try namespace.compact(KeyRange(key...key))
            }
            try namespace.delete("a")
            try namespace.delete("b")
            try namespace.compact(KeyRange("a"..<"b"))
            #expect(try namespace.approximateSize(KeyRange("a"..<"b")).bytes < 100_000)
            #expect(try namespace.entries().next() == nil)
        }
    }
}
