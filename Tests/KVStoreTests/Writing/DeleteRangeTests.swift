import KVStore
import SystemPackage
import Testing

@Suite("Deleting ranges")
struct DeleteRangeTests {
    private static let letters = ["a", "b", "c", "d", "e"]

    @Test("Exactly the keys of the range go, on disk and in memory, also after reopening", arguments: Self.cases)
    func ranges(_ range: KeyRange, _ left: String) throws {
        try withTemporaryFolder { folder in
            for isFlushed in [false, true] {
                let name = "flushed \(isFlushed)"
                try withStore(at: folder) { store in
                    let namespace = try store.createNamespace(name)
                    for letter in Self.letters { try namespace.put(letter, letter) }
                    try namespace.put("e\u{FF}", "e")
                    if isFlushed { try namespace.flush() }
                    for columnFamily in isFlushed ? [namespace] : [namespace, store.metadata] {
                        if columnFamily.name == "metadata" {
                            for letter in Self.letters { try columnFamily.put(letter, letter) }
                        }
                        try columnFamily.deleteRange(range)
                        for letter in Self.letters {
                            #expect(try columnFamily.contains(letter) == left.contains(letter))
                            #expect(
                                try columnFamily.getMany([letter])[0] == (left.contains(letter) ? letter.bytes : nil))
                        }
                        try columnFamily.flush()
                        try columnFamily.put("f", "later")
                    }
                }
                try withStore(at: folder) { store in
                    let namespace = try store.namespace(name)
                    let expected = Self.letters.filter { left.contains($0) } + ["f"]
                    let keys = try namespace.content().keys.filter { $0 != "e\u{FF}" }
                    #expect(keys.sorted() == expected)
                    try namespace.compact()
                    #expect(try namespace.content().keys.filter { $0 != "e\u{FF}" }.sorted() == expected)
                }
            }
        }
    }

    static let cases: [(KeyRange, String)] = [
        (KeyRange(from: "b", to: "d"), "ade"),
        (KeyRange(from: "b"), "a"),
        (KeyRange(upTo: "c"), "cde"),
        (.all, ""),
        (.prefix("c"), "abde"),
        (.prefix(""), ""),
        (KeyRange(from: "d", to: "b"), "abcde"),
        (KeyRange(from: "b", to: "b"), "abcde"),
        (KeyRange(from: "x"), "abcde"),
        (KeyRange(from: "bb", to: "c"), "abcde"),
    ]

    @Test("In an empty namespace, and twice, it is no error")
    func empty() throws {
        try withTemporaryStore { _, namespace in
            #expect(try namespace.deleteRange(.all).sequence == 0)
            try namespace.deleteRange(.prefix("a"))
            try namespace.put("a", "1")
            try namespace.deleteRange(.all)
            try namespace.deleteRange(.all)
            #expect(try namespace.content().isEmpty)
            try namespace.put("a", "2")
            #expect(try namespace.content() == ["a": "2"])
        }
    }

    @Test("Keys of 0xFF to the end of what there can be go too")
    func lastKeys() throws {
        try withTemporaryStore { _, namespace in
            let keys: [[UInt8]] = [[0xFF], [0xFF, 0xFF], [UInt8](repeating: 0xFF, count: 300)]
            for key in keys { try namespace.put(key, "value") }
            try namespace.deleteRange(KeyRange(from: [0xFF, 0xFF] as [UInt8]))
            #expect(try namespace.entries().collect().map(\.key) == [[0xFF]])
        }
    }

    @Test("Snapshots and cursors of before go on seeing what was there", arguments: Variant.allCases)
    func before(_ variant: Variant) throws {
        try withTemporaryStore(variant.configuration) { _, namespace in
            for number in 0..<200 { try namespace.put("key/\(number)", "value") }
            let snapshot = try namespace.snapshot()
            var cursor = try namespace.cursor()
            // The first range that this namespace ever deletes, and others over table files.
            try namespace.deleteRange(.prefix("key/1"))
            #expect(try snapshot.entries().collect().count == 200)
            try namespace.flush()
            try namespace.deleteRange(.all)
            try namespace.compact()
            #expect(try namespace.content().isEmpty)
            #expect(try snapshot.entries().collect().count == 200)
            #expect(try snapshot.contains("key/100") && !namespace.contains("key/100"))
            #expect(try snapshot.getMany(["key/100", "key/1", "key/99"]).allSatisfy { $0 != nil })
            var count = 0
            while try cursor.next() { count += 1 }
            #expect(count == 200)
            // One that was taken in between sees what was there then.
            try namespace.put("later", "value")
            #expect(try namespace.snapshot().content() == ["later": "value"])
        }
    }

    @Test("Reads that run while the first range is deleted see it whole or not")
    func concurrentReads() throws {
        for _ in 0..<5 {
            try withTemporaryStore { _, namespace in
                try namespace.write { for number in 0..<100 { $0.put("key/\(number)", "value") } }
                try namespace.flush()
                let stop = Flag()
                let readers = (0..<3).map { _ in
                    RunningThread {
                        while !stop.isSet {
                            let count = try namespace.entries().collect().count
                            #expect(count == 100 || count == 0)
                        }
                    }
                }
                try namespace.deleteRange(.prefix("key/"))
                #expect(try namespace.content().isEmpty)
                stop.set()
                for reader in readers { try reader.get() }
            }
        }
    }

    @Test("A namespace made under the name of one that had ranges deleted starts afresh")
    func recreated() throws {
        try withTemporaryStore { store, namespace in
            try namespace.put("a", "1")
            try namespace.deleteRange(.all)
            try store.dropNamespace("test")
            let new = try store.createNamespace("test")
            try new.put("a", "2")
            #expect(try new.content() == ["a": "2"])
            try new.deleteRange(.prefix("a"))
            #expect(try new.content().isEmpty)
        }
    }
}
