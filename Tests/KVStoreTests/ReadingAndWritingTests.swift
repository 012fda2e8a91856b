import KVStore
import Testing

@Suite("Reading and writing")
struct ReadingAndWritingTests {
    @Test("What is put is there, what is deleted is not")
    func putGetDelete() throws {
        try withTemporaryStore { _, namespace in
            #expect(try namespace.get("a") == nil)
            try namespace.put("a", "1")
            #expect(try namespace.get("a") == Array("1".utf8))
            #expect(try namespace.contains("a"))
            try namespace.delete("a")
            try namespace.delete("never there")
            #expect(try namespace.get("a") == nil)
            #expect(try !namespace.contains("a"))
        }
    }

    @Test("Empty keys, empty values, NUL and 0xFF are ordinary bytes", arguments: Self.awkwardBytes)
    func awkward(_ bytes: [UInt8]) throws {
        try withTemporaryStore { store, namespace in
            try namespace.put(bytes, bytes)
            try namespace.put(bytes + [1], [] as [UInt8])
            try namespace.flush()
            #expect(try namespace.get(bytes) == bytes)
            #expect(try namespace.get(bytes + [1]) == [])
            #expect(try namespace.withValue(for: bytes + [1]) { $0.byteCount } == 0)
            #expect(try namespace.getMany([bytes, bytes + [1], bytes + [2]]) == [bytes, [], nil])
            #expect(try namespace.entries(limit: 2).collect().map(\.key) == [bytes, bytes + [1]])
            try namespace.write { batch in batch.delete(bytes) }
            #expect(try namespace.get(bytes) == nil)
            try store.metadata.put(bytes, bytes)
            #expect(try store.metadata.get(bytes) == bytes)
        }
    }

    static let awkwardBytes: [[UInt8]] = [[], [0], [0, 0], [0xFF], [0xFF, 0xFF], Array("\u{0}ä🙂".utf8)]

    @Test("A value of 64 MiB comes back whole, from the memtable and from disk")
    func largeValue() throws {
        try withTemporaryStore { _, namespace in
            let value = (0..<(64 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
            try namespace.put("large", value)
            #expect(try namespace.get("large") == value)
            try namespace.flush()
            #expect(try namespace.get("large") == value)
        }
    }

    @Test("Every kind of bytes is a key")
    func kindsOfBytes() throws {
        try withTemporaryStore { _, namespace in
            let array = Array("key".utf8)
            try namespace.put("key", "1")
            #expect(try namespace.get(array) != nil)
            #expect(try namespace.get("a key".dropFirst(2)) != nil)
            #expect(try namespace.get(array[...]) != nil)
            #expect(try namespace.get(ContiguousArray(array)) != nil)
            #expect(try namespace.get("key" as StaticString) != nil)
            #expect(try namespace.get(array.span.bytes) != nil)
            #expect(try array.withUnsafeBufferPointer { try namespace.get($0) } != nil)
            #expect(try array.withUnsafeBytes { try namespace.get($0) } != nil)
        }
    }
}
