import KVStore
import KVStoreTesting
import Testing

@Suite("Faults that tests inject")
struct FaultyStoreTests {
    private func withFaults(
        _ body: (FaultyStore<Store>, FaultyNamespace<Namespace>, Faults) async throws -> Void
    ) async throws {
        try await withTemporaryStore(in: .memory) { store in
            let faults = Faults()
            let faulty = FaultyStore(store, faults)
            try await body(faulty, try await faulty.createSpace("n"), faults)
        }
    }

    private func batch(_ key: String) -> WriteBatch {
        var batch = WriteBatch()
        batch.put(key, "value")
        return batch
    }

    @Test(
        "Without any it does what every store must",
        arguments: Conformance<FaultyStore<Store>>.checks + Conformance<FaultyStore<Store>>.changeChecks)
    func conforms(_ check: ConformanceCheck<FaultyStore<Store>>) async throws {
        for layout in StoreLayout.allCases {
            try await withTemporaryStore(.small.with(layout), in: .memory) { store in
                let faulty = FaultyStore(store, Faults())
                guard check.needs.isSubset(of: faulty.capabilities) else { return }
                try await check.run(in: faulty)
            }
        }
    }

    @Test("The third commit fails, once, and nothing is written; or it is, and nobody is told")
    func commits() async throws {
        try await withFaults { _, namespace, faults in
            faults.fail(.commit, at: 3, with: .noSpace)
            faults.fail(.commit, at: 4, times: 2, with: .ioError, outcome: .done)
            var codes: [StoreError.Code?] = []
            for number in 1...6 {
                do {
                    try await namespace.commit(batch("\(number)"))
                    codes.append(nil)
                } catch let error as StoreError { codes.append(error.code) }
            }
            #expect(codes == [nil, nil, .noSpace, .ioError, .ioError, nil])
            let keys = try await namespace.page().map { String(decoding: $0.key, as: UTF8.self) }
            #expect(keys == ["1", "2", "4", "5", "6"])
            #expect(faults.count(.commit) == 6)
        }
    }

    @Test("Each kind of call fails by itself")
    func kinds() async throws {
        try await withFaults { store, namespace, faults in
            try await namespace.commit(batch("a"))
            let calls: [(Faults.Call, () async throws -> Void)] = [
                (.get, { _ = try await namespace.get("a") }),
                (.get, { _ = try await namespace.getMany(["a"]) }),
                (.nextEntry, { _ = try await namespace.page() }),
                (.snapshot, { _ = try await namespace.snapshot() }),
                (.commit, { try await namespace.deleteRange(.prefix("b")) }),
                (.commit, { try await store.commit([(space: namespace, batch: batch("a"))]) }),
                (.update, { try await namespace.update(keys: []) { $0.put("a", "value") } }),
                (.transaction, { try await namespace.withTransaction { try $0.put("a", "value") } }),
                (.nextChange, { for try await _ in namespace.changes(since: 0) { break } }),
                (.catalog, { _ = try await store.space("n") }),
                (.catalog, { _ = try await store.spaceNames() }),
                (.close, { try await store.close() }),
            ]
            for (call, body) in calls {
                faults.fail(call, with: .timedOut)
                let error = await #expect(throws: StoreError.self, "\(call)") { try await body() }
                #expect(error?.code == .timedOut && error?.isRetryable == true)
            }
        }
    }

    @Test("What fails at an entry does so in the middle of a loop, of a snapshot too")
    func entries() async throws {
        try await withFaults { _, namespace, faults in
            for key in ["a", "b", "c"] { try await namespace.commit(batch(key)) }
            let snapshot = try await namespace.snapshot()
            for entries in [
                namespace.entries(.all, reversed: false, limit: nil),
                snapshot.entries(.all, reversed: false, limit: nil),
            ] {
                faults.fail(.nextEntry, at: 3, with: .corruption)
                var seen = 0
                let error = await #expect(throws: StoreError.self) {
                    for try await _ in entries { seen += 1 }
                }
                #expect(error?.code == .corruption)
                #expect(seen == 2)
            }
        }
    }

    @Test("An action runs before its calls, may hold them up, and its error is theirs")
    func actions() async throws {
        try await withFaults { _, namespace, faults in
            let (opened, gate) = AsyncStream.makeStream(of: Void.self)
            faults.before(.commit) { number in
                guard number == 1 else { return }
                for await _ in opened { break }
            }
            let held = Task { try await namespace.commit(batch("held")) }
            while faults.count(.commit) == 0 { await Task.yield() }
            try await namespace.commit(batch("other"))
            #expect(try await namespace.get("held") == nil)
            gate.yield()
            _ = try await held.value
            #expect(try await namespace.get("held") != nil)
            faults.before(.commit) { _ in throw CancellationError() }
            await #expect(throws: CancellationError.self) { try await namespace.commit(batch("c")) }
            faults.clear()
            try await namespace.commit(batch("c"))
            faults.fail(.commit, at: 0, with: .busy)
            faults.fail(.commit, at: .max, with: .busy)
            try await namespace.commit(batch("d"))
        }
    }
}
