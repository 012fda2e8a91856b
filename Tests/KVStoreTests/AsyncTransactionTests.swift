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
            let store = try await Store.open(at: folder.appending("store"), configuration: .small)
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
            let again = try await Store.open(at: folder.appending("store"), configuration: .small)
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
