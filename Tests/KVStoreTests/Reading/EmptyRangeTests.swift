import KVStore
import Testing

@Suite("Ranges that hold no key")
struct EmptyRangeTests {
    @Test("Whatever takes a range takes one that is the wrong way round", arguments: [false, true])
    func wrongWayRound(_ isFlushed: Bool) throws {
        try withTemporaryStore { _, namespace in
            try namespace.write { batch in for key in ["a", "c", "y"] { batch.put(key, "value") } }
            if isFlushed { try namespace.flush() }
            for range in [KeyRange(from: "x", to: "b"), KeyRange(from: "b", to: "b"), KeyRange(upTo: "")] {
                #expect(try namespace.entries(range).next() == nil)
                #expect(try namespace.approximateSize(range).bytes == 0)
                try namespace.compact(range)
                try namespace.deleteRange(range)
            }
            #expect(try namespace.contains("c"))
        }
    }

    @Test("The size of what is from a key on, whatever the key", arguments: [1, 32, 33, 100])
    func highKeys(_ length: Int) throws {
        try withTemporaryStore { _, namespace in
            let key = [UInt8](repeating: 0xFF, count: length)
            try namespace.put(key, [UInt8](repeating: 1, count: 100_000))
            try namespace.flush()
            #expect(try namespace.approximateSize(KeyRange(from: key)).bytes >= 0)
            try namespace.compact(KeyRange(from: key))
        }
    }
}
