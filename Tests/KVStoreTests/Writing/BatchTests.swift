import KVStore
import Testing

@Suite("Batches")
struct BatchTests {
    @Test("Writes take effect in their order", arguments: Variant.allCases)
    func order(_ variant: Variant) throws {
        try withTemporaryStore(variant.configuration) { store, namespace in
            for columnFamily in [namespace, store.metadata] {
                try columnFamily.write { batch in
                    batch.put("a", "1")
                    batch.put("a", "2")
                    batch.put("b", "1")
                    batch.delete("b")
                    batch.delete("c")
                    batch.put("c", "1")
                    batch.put("d/1", "1")
                    batch.deleteRange(.prefix("d/"))
                    batch.put("d/2", "2")
                    batch.put("", "of the empty key")
                    batch.put("empty", "")
                    #expect(batch.count == 11)
                }
                let expected = ["": "of the empty key", "a": "2", "c": "1", "d/2": "2", "empty": ""]
                #expect(try columnFamily.content() == expected)
                try columnFamily.flush()
                #expect(try columnFamily.content() == expected)
            }
        }
    }

    @Test("A body that throws writes nothing")
    func throwing() throws {
        struct Refused: Error {}
        try withTemporaryStore { (_, namespace) throws in
            #expect(throws: Refused.self) {
                try namespace.write { batch in
                    batch.put("a", "1")
                    throw Refused()
                }
            }
            #expect(try namespace.content().isEmpty)
        }
    }

    @Test("An empty batch is committed at no cost and is no error")
    func empty() throws {
        try withTemporaryStore { (_, namespace) throws in
            let receipt = try namespace.write { _ in }
            #expect(receipt.sequence == 0 && receipt.isDurable)
            #expect(try namespace.commit(WriteBatch()).sequence == 0)
            try namespace.write { $0.deleteRange(KeyRange(from: "b", to: "a")) }
            #expect(WriteBatch().isEmpty && WriteBatch().writes.isEmpty)
        }
    }

    @Test("A batch can be committed again, cleared, and filled anew")
    func reuse() throws {
        try withTemporaryStore { (_, namespace) throws in
            var batch = WriteBatch()
            batch.put("a", "1")
            batch.deleteRange(.prefix("b"))
            let size = batch.byteCount
            try namespace.commit(batch)
            try namespace.put("a", "other")
            try namespace.commit(batch)
            #expect(try namespace.content() == ["a": "1"])
            batch.clear()
            #expect(batch.isEmpty && batch.writes.isEmpty && batch.byteCount < size)
            batch.put("c", "1")
            #expect(batch.count == 1)
            try namespace.commit(batch)
            #expect(try namespace.content() == ["a": "1", "c": "1"])
        }
    }

    @Test("Copies of a batch are batches of their own")
    func copies() {
        var batch = WriteBatch()
        batch.put("a", "1")
        var copy = batch
        copy.put("b", "2")
        #expect(batch.count == 1 && copy.count == 2)
        #expect(batch.writes == [.put(key: "a".bytes, value: "1".bytes)])
    }

    @Test("Appending keeps the order, and appending a batch to itself doubles it")
    func append() throws {
        try withTemporaryStore { (_, namespace) throws in
            var first = WriteBatch()
            first.put("a", "1")
            var second = WriteBatch()
            second.put("a", "2")
            second.delete("b")
            second.deleteRange(.prefix("c"))
            first.append(second)
            first.append(WriteBatch())
            #expect(
                first.writes == [
                    .put(key: "a".bytes, value: "1".bytes), .put(key: "a".bytes, value: "2".bytes),
                    .delete(key: "b".bytes), .deleteRange(lower: "c".bytes, upper: "d".bytes),
                ])
            try namespace.put("c/1", "1")
            try namespace.commit(first)
            #expect(try namespace.content() == ["a": "2"])
            first.append(first)
            #expect(first.count == 8)
            try namespace.commit(first)
            #expect(try namespace.content() == ["a": "2"])
        }
    }

    @Test("The same batch goes to several namespaces and to the metadata")
    func severalNamespaces() throws {
        try withTemporaryFolder { folder in
            var batch = WriteBatch()
            for number in 0..<300 { batch.put("key/\(number)", String(repeating: "v", count: number)) }
            batch.delete("key/7")
            batch.deleteRange(.prefix("key/29"))
            try withStore(at: folder) { store in
                for columnFamily in [try store.createNamespace("a"), try store.createNamespace("b"), store.metadata] {
                    try columnFamily.put("key/7", "there before")
                    try columnFamily.commit(batch)
                }
                #expect(try store.namespaces().count == 2)
            }
            try withStore(at: folder) { store in
                for columnFamily in [try store.namespace("a"), try store.namespace("b"), store.metadata] {
                    let content = try columnFamily.content()
                    #expect(content.count == 300 - 1 - 11)
                    #expect(
                        content["key/288"]?.utf8.count == 288 && content["key/7"] == nil && content["key/29"] == nil)
                }
            }
        }
    }

    @Test("Keys and values of every length around the steps of their encoded lengths")
    func lengths() throws {
        try withTemporaryStore { store, namespace in
            let lengths = [0, 1, 126, 127, 128, 129, 255, 256, 16_383, 16_384, 16_385, 70_000]
            var batch = WriteBatch()
            for length in lengths {
                batch.put([UInt8](repeating: 1, count: length), [UInt8](repeating: 2, count: length))
            }
            for columnFamily in [namespace, store.metadata] {
                try columnFamily.commit(batch)
                for length in lengths {
                    let value = try columnFamily.get([UInt8](repeating: 1, count: length))
                    #expect(value == [UInt8](repeating: 2, count: length))
                }
            }
            #expect(batch.writes.count == lengths.count)
        }
    }

    @Test("Rolled back to a save point, a batch is what it was", arguments: [0, 1, 3])
    func savePoints(_ before: Int) throws {
        var batch = WriteBatch()
        for number in 0..<before { batch.put("key/\(number)", "value") }
        let (expected, point) = (batch.writes, batch.savePoint)
        batch.put("more", "value")
        let later = batch.savePoint
        batch.deleteRange(.prefix("a"))
        batch.deleteRange(KeyRange(from: "a"))
        batch.rollBack(to: later)
        #expect(batch.count == before + 1)
        batch.rollBack(to: point)
        #expect(batch.writes == expected)
        try withTemporaryStore { (_, namespace) throws in
            try namespace.commit(batch)
            #expect(try namespace.content().count == before)
        }
    }

    @Test("A save point of what the batch no longer is leaves a batch that can be committed")
    func staleSavePoint() throws {
        try withTemporaryStore { (_, namespace) throws in
            var batch = WriteBatch()
            batch.put("a", "1")
            let point = batch.savePoint
            batch.clear()
            batch.put("a longer key", "and a longer value")
            batch.put("another", "value")
            batch.rollBack(to: point)
            #expect(batch.writes.count == batch.count)
            try namespace.commit(batch)
            #expect(try namespace.content().count == batch.count)
            try namespace.put("still", "writable")
        }
    }
}

extension Readable {
    /// All entries as texts.
    func content() throws -> [String: String] {
        try entries().collect().reduce(into: [:]) { content, entry in
            content[String(decoding: entry.key, as: UTF8.self)] = String(decoding: entry.value, as: UTF8.self)
        }
    }

    /// The number that the value of a key is; zero when there is none.
    func number(_ key: String) throws -> Int {
        guard let value = try get(key) else { return 0 }
        return Int(String(decoding: value, as: UTF8.self)) ?? -1
    }
}

extension Update {
    /// The number that the value of a key is; zero when there is none.
    mutating func number(_ key: String) throws -> Int {
        guard let value = try get(key) else { return 0 }
        return Int(String(decoding: value, as: UTF8.self)) ?? -1
    }
}
