import KVStore
import Testing

@Suite("What is written once fills a batch, an update and a transaction")
struct WritableTests {
    /// Code that knows no more than that it can be written to.
    private func fill<Writer: Writable & ~Copyable>(_ writer: inout Writer) throws(Writer.WriteFailure) {
        try writer.put("a", "1")
        try writer.put("b", "2")
        try writer.merge("b", "3")
        try writer.merge("new", "4")
        try writer.delete("there")
        try writer.deleteRange("x"..<"y")
        try writer.deleteRange(.prefix("p/"))
        try writer.put("p/again", "5")
    }

    private enum Way: CaseIterable { case batch, update, transaction }

    @Test("The same code, three times the same outcome")
    func sameOutcome() throws {
        for way in Way.allCases {
            try withTemporaryStore { store, _ in
                let namespace = try store.createNamespace(
                    "appending", options: NamespaceOptions(mergeOperator: .append))
                for key in ["there", "x1", "y1", "p/1", "b"] { try namespace.put(key, "old") }
                switch way {
                case .batch: try namespace.write { fill(&$0) }
                case .update: try namespace.update { fill(&$0) }
                case .transaction:
                    try namespace.transaction { txn in
                        var txn = txn
                        try fill(&txn)
                    }
                }
                var expected = AppendingModel()
                for key in ["there", "x1", "y1", "p/1", "b"] { expected.put(key, "old") }
                fill(&expected)
                #expect(try namespace.entries().collect() == expected.entries(in: .all), "\(way)")
            }
        }
    }

    @Test("A merge that the namespace does not take is refused, and nothing of it is written")
    func refusedMerges() throws {
        try withTemporaryStore { store, namespace in
            expectError(.invalidArgument, "merge operator", "nothing was written") {
                try namespace.update { update in
                    update.put("a", "1")
                    update.merge("a", "2")
                }
            }
            expectError(.invalidArgument, "merge operator") {
                try namespace.update { update in
                    update.merge("a", "2")
                    _ = try update.get("a")
                }
            }
            try namespace.transaction { txn in
                try txn.put("b", "1")
                expectError(.invalidArgument, "merge operator", "nothing") { try txn.merge("a", "2") }
                #expect(try txn.get("a") == nil)
            }
            #expect(try namespace.entries().collect() == [Entry(key: "b".bytes, value: "1".bytes)])

            let sums = try store.createNamespace("sums", options: NamespaceOptions(mergeOperator: .add64))
            expectError(.invalidArgument, "8 bytes") { try sums.update { $0.merge("n", "no number") } }
            try sums.transaction { txn in
                _ = expectError(.invalidArgument, "8 bytes") { try txn.merge("n", "no number") }
            }
            #expect(try sums.get("n") == nil)
        }
    }

    @Test("What cannot be combined is told when it is read, by key and by range")
    func notCombined() throws {
        try withTemporaryStore { store, _ in
            let sums = try store.createNamespace("sums", options: NamespaceOptions(mergeOperator: .add64))
            try sums.put("n", "no number")
            try sums.transaction { txn in
                try txn.merge("n", MergeOperator.number(1))
                expectError(.corruption, "combine") { try txn.get("n") }
                expectError(.corruption, "combine") { try txn.entries().collect() }
            }
            expectError(.corruption) { try sums.get("n") }
            // Hidden by a write, it can be passed over.
            try sums.transaction { txn in
                try txn.put("n", MergeOperator.number(2))
                #expect(try txn.entries().collect().map(\.value) == [MergeOperator.number(2)])
                try txn.deleteRange("m"..<"o")
                #expect(try txn.entries().collect().isEmpty)
            }
            #expect(try sums.get("n") == nil)
        }
    }

    @Test("A range without an upper bound is refused")
    func unbounded() throws {
        try withTemporaryStore { _, namespace in
            try namespace.put("z", "1")
            expectError(.invalidArgument, "needs a range with an upper bound") {
                try namespace.update { $0.deleteRange("a"...) }
            }
            try namespace.transaction { txn in
                _ = expectError(.invalidArgument, "needs a range with an upper bound") { try txn.deleteRange(.all) }
            }
            #expect(try namespace.get("z") == "1".bytes)
        }
    }

    @Test("Merges and deletions of ranges conflict with nothing, and reads of what they leave do")
    func conflicts() throws {
        try withTemporaryStore { store, _ in
            let namespace = try store.createNamespace("appending", options: NamespaceOptions(mergeOperator: .append))
            try namespace.put("key", "a")
            try namespace.put("range/1", "old")
            var attempts = 0
            try namespace.transaction { txn in
                attempts += 1
                try txn.merge("key", "c")
                try txn.deleteRange(.prefix("range/"))
                #expect(try txn.get("range/1") == nil)
                try namespace.merge("key", "b")
                try namespace.put("range/2", "new")
            }
            #expect(attempts == 1)
            #expect(try namespace.entries().collect() == [Entry(key: "key".bytes, value: "abc".bytes)])

            attempts = 0
            try namespace.transaction { txn in
                attempts += 1
                try txn.merge("key", "d")
                let value = try txn.get("key")
                #expect(value == (attempts == 1 ? "abcd".bytes : "abc+d".bytes))
                if attempts == 1 { try namespace.merge("key", "+") }
            }
            #expect(attempts == 2)
            #expect(try namespace.get("key") == "abc+d".bytes)
        }
    }
}
