import KVStore
import SystemPackage
import Testing

@Suite("A transaction whose closure suspends")
struct AsyncTransactionTests {
    @Test("Tasks of a group share it, and see each other's writes")
    func group() async throws {
        try await withTemporaryStore { (_, namespace) async throws in
            try await namespace.withTransaction { txn in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for task in 0..<20 {
                        group.addTask {
                            try txn.put("\(task)", "\(task)")
                            let own = try await txn.get("\(task)")
                            #expect(own == Array("\(task)".utf8))
                        }
                    }
                    try await group.waitForAll()
                }
                #expect(try await txn.page().count == 20)
            }
            #expect(try await namespace.page().count == 20)
        }
    }

    @Test("Loops and reads of tasks of a group take turns, and none loses its place")
    func loops() async throws {
        try await withTemporaryStore { (_, namespace) async throws in
            let keys = (1000..<3000).map { "\($0)" }
            try await namespace.write { batch in for key in keys { batch.put(key, "old") } }
            try await namespace.withTransaction { txn in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for task in 0..<6 {
                        group.addTask {
                            let isReversed = task % 2 == 1
                            var found: [String] = []
                            for try await entry in txn.entries(.prefix("2"), reversed: isReversed) {
                                found.append(String(decoding: entry.key, as: UTF8.self))
                                if found.count % 100 == 0 { _ = try await txn.get("2500") }
                            }
                            let expected = keys.filter { $0.hasPrefix("2") }
                            #expect(found == (isReversed ? expected.reversed() : expected))
                        }
                        group.addTask {
                            for number in 0..<200 { try txn.put("new/\(task)-\(number)", "new") }
                        }
                    }
                    try await group.waitForAll()
                }
            }
            #expect(try await namespace.page().count == 3200)
        }
    }

    @Test("Each loop begins anew, with what was written before its first entry and nothing of later")
    func loopsBeginAnew() async throws {
        try await withTemporaryStore { (_, namespace) async throws in
            for key in ["a", "b", "c"] { try await namespace.put(key, "old") }
            try await namespace.withTransaction { txn in
                let entries = txn.entries()
                try txn.put("b1", "new")
                var seen: [[UInt8]] = []
                for try await entry in entries {
                    if seen.isEmpty {
                        try txn.delete("c")
                        try txn.put("d", "new")
                    }
                    seen.append(entry.key)
                }
                #expect(seen == ["a", "b", "b1", "c"].map(\.bytes))
                #expect(try await txn.page().map(\.key) == ["a", "b", "b1", "d"].map(\.bytes))
                seen = []
                for try await entry in txn.entries("a"..."b1", reversed: true, limit: 2) { seen.append(entry.key) }
                #expect(seen == ["b1", "b"].map(\.bytes))
                for try await _ in txn.entries(limit: 0) { Issue.record("an entry") }
            }
        }
    }

    /// Code that knows no more than that it can be written to.
    private func fill<Writer: Writable & ~Copyable>(_ writer: inout Writer) throws(Writer.WriteFailure) {
        try writer.put("a", "1")
        try writer.merge("a", "2")
        try writer.merge("there", "3")
        try writer.delete("gone")
        try writer.deleteRange("x"..<"y")
        try writer.put("x2", "4")
    }

    @Test("What fills a batch fills it: with merges and deletions of ranges, which its reads see")
    func writable() async throws {
        try await withTemporaryStore { (store, _) async throws in
            let namespace = try await store.createNamespace(
                "appending", options: NamespaceOptions(mergeOperator: .append))
            for key in ["there", "gone", "x1", "y1"] { try await namespace.put(key, "old") }
            try await namespace.withTransaction { txn in
                var writer = txn
                try fill(&writer)
                let (merged, deleted) = (try await txn.get("there"), try await txn.get("x1"))
                #expect(merged == "old3".bytes && deleted == nil)
                #expect(try await txn.page().map(\.key) == ["a", "there", "x2", "y1"].map(\.bytes))
            }
            var expected = AppendingModel()
            for key in ["there", "gone", "x1", "y1"] { expected.put(key, "old") }
            fill(&expected)
            #expect(try await namespace.page() == expected.entries(in: .all))
        }
    }

    @Test("Random writes show in its reads as in a model, and are what is there after it")
    func random() async throws {
        var random = SeededRandom(test: "AsyncTransactionTests")
        try await withTemporaryStore { (store, _) async throws in
            let namespace = try await store.createNamespace(
                "appending", options: NamespaceOptions(mergeOperator: .append))
            var model = AppendingModel()
            for _ in 0..<40 {
                let steps = (0..<Int.random(in: 1...40, using: &random)).map { _ in RandomStep(&random) }
                let before = model
                try await namespace.withTransaction { txn in
                    var (writer, model) = (txn, before)
                    for step in steps {
                        try step.write(in: &writer)
                        step.write(in: &model)
                        switch step {
                        case .get(let key):
                            #expect(try await txn.get(key) == model.values[key], "\(key)")
                            #expect(try await txn.contains(key) == (model.values[key] != nil), "\(key)")
                        case .walk(let range, let moves):
                            let entries = model.entries(in: range)
                            #expect(try await txn.page(range) == entries, "\(range)")
                            let last = try await txn.page(range, reversed: true, limit: moves.count)
                            #expect(last == Array(entries.reversed().prefix(moves.count)), "\(range)")
                        default: break
                        }
                    }
                }
                for step in steps { step.write(in: &model) }
                #expect(try await namespace.page() == model.entries(in: .all))
            }
        }
    }

    @Test("Merges and deletions of ranges conflict with nothing, and reads of what they leave do")
    func conflicts() async throws {
        try await withTemporaryStore { (store, _) async throws in
            let namespace = try await store.createNamespace(
                "appending", options: NamespaceOptions(mergeOperator: .append))
            try await namespace.put("key", "a")
            try await namespace.withTransaction(maxAttempts: 1) { txn in
                try txn.merge("key", "c")
                try txn.deleteRange(.prefix("range/"))
                try await namespace.merge("key", "b")
                try await namespace.put("range/1", "new")
            }
            #expect(try await namespace.page() == [Entry(key: "key".bytes, value: "abc".bytes)])
            await expectError(.conflict) {
                try await namespace.withTransaction(maxAttempts: 1) { txn in
                    try txn.merge("key", "d")
                    let value = try await txn.get("key")
                    #expect(value == "abcd".bytes)
                    try await namespace.merge("key", "+")
                }
            }
            #expect(try await namespace.get("key") == "abc+".bytes)
        }
    }

    @Test("A refused write leaves it as it was")
    func refused() async throws {
        try await withTemporaryStore { (store, namespace) async throws in
            let sums = try await store.createNamespace("sums", options: NamespaceOptions(mergeOperator: .add64))
            try await sums.withTransaction { txn in
                try txn.put("a", MergeOperator.number(1))
                await expectError(.invalidArgument) { try txn.merge("a", "no number") }
                await expectError(.invalidArgument) { try txn.deleteRange("a"...) }
                try txn.merge("a", MergeOperator.number(2))
            }
            #expect(try await sums.get("a") == MergeOperator.number(3))
            try await namespace.withTransaction { txn in
                await expectError(.invalidArgument) { try txn.merge("a", "1") }
                try txn.put("b", "1")
            }
            #expect(try await namespace.page().map(\.key) == ["b".bytes])
        }
    }

    @Test("Kept beyond its closure it takes no call, and holds nothing")
    func kept() async throws {
        try await withTemporaryStore { (_, namespace) async throws in
            var kept: AsyncTransaction?
            kept = try await namespace.withTransaction { txn in
                try txn.put("a", "1")
                return txn
            }
            let txn = try #require(kept)
            await expectError(.invalidArgument) { try txn.put("b", "2") }
            await expectError(.invalidArgument) { try await txn.get("a") }
            await expectError(.invalidArgument) { try await txn.page() }
            await expectError(.invalidArgument) { try txn.merge("b", "2") }
            await expectError(.invalidArgument) { try txn.deleteRange("a"..<"b") }
            try await namespace.reopen()
            #expect(try await namespace.page().count == 1)
        }
    }

    @Test("Reopening names one that does not end, and goes on when it has")
    func reopening() async throws {
        try await withTemporaryStore { (_, namespace) async throws in
            try await namespace.withTransaction { txn in
                _ = try await txn.get("a")
                do {
                    try await namespace.reopen()
                    Issue.record("reopened under a transaction")
                } catch let error as StoreError {
                    #expect(error.code == .alreadyOpen && error.message.contains("transaction"))
                }
                try txn.put("a", "1")
            }
            try await namespace.reopen()
            #expect(try await namespace.get("a") == Array("1".utf8))
        }
    }

    @Test("A task that is cancelled in it writes nothing, and closing the store beside it ends it with an error")
    func cancelledAndClosed() async throws {
        try await withTemporaryFolder { (folder) async throws in
            let store = try await Store.open(at: folder.appending("store"), configuration: .tiny)
            let namespace = try await store.createNamespace("test")
            let task = Task {
                try await namespace.withTransaction { txn in
                    try txn.put("a", "1")
                    withUnsafeCurrentTask { $0?.cancel() }
                    _ = try await txn.get("a")
                }
            }
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(try await namespace.page().isEmpty)
            do {
                try await namespace.withTransaction { txn in
                    try txn.put("b", "1")
                    try await store.close()
                    _ = try await txn.get("b2")
                }
                Issue.record("a transaction was committed in a closed store")
            } catch let error as StoreError {
                #expect(error.code == .closed)
            }
            let again = try await Store.open(at: folder.appending("store"), configuration: .tiny)
            #expect(try await again.namespace("test").page().isEmpty)
            try await again.close()
        }
    }

    @Test("maxAttempts must be at least 1")
    func attempts() async throws {
        try await withTemporaryStore { (_, namespace) async throws in
            await expectError(.invalidArgument) { try await namespace.withTransaction(maxAttempts: 0) { _ in } }
        }
    }
}

private func expectError<Result>(
    _ code: StoreError.Code, sourceLocation: SourceLocation = #_sourceLocation, _ call: () async throws -> Result
) async {
    do {
        _ = try await call()
        Issue.record("no error", sourceLocation: sourceLocation)
    } catch {
        #expect((error as? StoreError)?.code == code, "\(error)", sourceLocation: sourceLocation)
    }
}
