import KVStore
import Testing

@Suite("Reading many keys at once")
struct GetManyTests {
    @Test("The answers come in the order of the keys: sorted, unsorted, twice, missing", arguments: Variant.allCases)
    func order(_ variant: Variant) throws {
        try withTemporaryStore(variant.configuration) { store, namespace in
            for columnFamily in [namespace, store.metadata] {
                for number in 0..<100 where number != 42 { try columnFamily.put("key/\(number)", "\(number)") }
                for flushed in [false, true] {
                    if flushed { try columnFamily.flush() }
                    let sorted = (0..<100).map { "key/\($0)" }.sorted()
                    for keys in [sorted, sorted.reversed(), sorted.shuffled(), sorted + sorted, ["key/7", "key/7"]] {
                        let expected = keys.map { $0 == "key/42" ? nil : String($0.dropFirst(4)).bytes }
                        #expect(try columnFamily.getMany(keys) == expected)
                        #expect(try columnFamily.snapshot().getMany(keys) == expected)
                    }
                }
            }
        }
    }

    @Test("No keys, no answers")
    func none() throws {
        try withTemporaryStore { (_, namespace) throws in
            #expect(try namespace.getMany([] as [String]) == [])
        }
    }

    @Test("Missing is nil, empty is empty, and the empty key is a key")
    func empty() throws {
        try withTemporaryStore { _, namespace in
            try namespace.put("empty", "")
            #expect(try namespace.getMany(["empty", "missing", ""]) == [[], nil, nil])
            try namespace.put("", "of the empty key")
            #expect(
                try namespace.getMany(["", "", "missing"]) == ["of the empty key".bytes, "of the empty key".bytes, nil])
        }
    }

    @Test("Far more keys than the engine takes at once", arguments: [31, 32, 33, 1000])
    func manyKeys(_ count: Int) throws {
        try withTemporaryStore { _, namespace in
            try namespace.write {
                for number in 0..<count where number % 3 != 0 { $0.put("key/\(number)", "\(number)") }
            }
            try namespace.flush()
            let values = try namespace.getMany((0..<count).map { "key/\($0)" })
            for number in 0..<count { #expect(values[number] == (number % 3 == 0 ? nil : "\(number)".bytes)) }
        }
    }

    @Test("Keys of every kind of bytes, NUL and 0xFF among them")
    func kinds() throws {
        try withTemporaryStore { _, namespace in
            let keys: [[UInt8]] = [[0], [0, 0], [0xFF], [0xFF, 0], [1]]
            for key in keys { try namespace.put(key, key) }
            #expect(try namespace.getMany(keys) == keys)
            #expect(try namespace.getMany(keys.map { $0[...] }) == keys)
            #expect(try namespace.getMany(keys.map { ContiguousArray($0) }) == keys)
        }
    }
}
