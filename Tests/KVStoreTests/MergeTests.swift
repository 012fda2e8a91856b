import KVStore
import SystemPackage
import Testing

@Suite("Merging")
struct MergeTests {
    private struct Refused: Error {}

    private func withNamespace<Result>(
        _ merge: MergeOperator?, _ configuration: StoreConfiguration = .tiny, _ body: (Namespace) throws -> Result
    ) throws -> Result {
        try withTemporaryStore(configuration) { store, _ in
            try body(store.createNamespace("merged", options: NamespaceOptions(mergeOperator: merge)))
        }
    }

    private func text(_ bytes: [UInt8]?) -> String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

    /// Where what was merged may be when it is read.
    enum Place: CaseIterable, Sendable { case memory, files, lastLevel, reopened }

    private func move(_ namespace: Namespace, to place: Place) throws {
        switch place {
        case .memory: break
        case .files: try namespace.flush()
        case .lastLevel:
            try namespace.flush()
            try namespace.compact()
        case .reopened: try namespace.reopen()
        }
    }

    @Test("Numbers add up and wrap around", arguments: Place.allCases)
    func add(_ place: Place) throws {
        try withNamespace(.add64) { namespace in
            for number in [1, 2, -5, 40] as [Int64] {
                try namespace.merge("sum", MergeOperator.number(number))
                try move(namespace, to: place)
            }
            try namespace.put("wrapped", MergeOperator.number(.max))
            try namespace.write { batch in
                batch.merge("wrapped", MergeOperator.number(1))
                batch.merge("other", MergeOperator.number(7))
            }
            try move(namespace, to: place)
            func number(_ key: String) throws -> Int64? {
                try namespace.get(key).flatMap { MergeOperator.number(in: $0) }
            }
            #expect(try number("sum") == 38)
            #expect(try number("wrapped") == .min)
            #expect(try namespace.getMany(["other", "none"]) == [MergeOperator.number(7), nil])
            #expect(try namespace.entries().collect().map(\.value.count) == [8, 8, 8])
            #expect(try namespace.withValue(for: "sum") { $0.byteCount } == 8)
            #expect(try namespace.snapshot().get("other") == MergeOperator.number(7))
            try namespace.delete("sum")
            try namespace.merge("sum", MergeOperator.number(3))
            #expect(try number("sum") == 3)
        }
    }

    @Test("Smallest, largest, appended, united", arguments: Place.allCases)
    func others(_ place: Place) throws {
        func result(_ merge: MergeOperator, _ operands: [[UInt8]]) throws -> [UInt8]? {
            try withNamespace(merge) { namespace in
                for operand in operands {
                    try namespace.merge("k", operand)
                    try move(namespace, to: place)
                }
                return try namespace.get("k")
            }
        }
        let words = ["m", "", "b", "zz", "a"].map { Array($0.utf8) }
        #expect(try result(.min, words) == [])
        #expect(try result(.max, words) == Array("zz".utf8))
        #expect(try result(.append, words) == Array("mbzza".utf8))
        let sets = [["b", "a"], [], ["c", "a"]].map { $0.map { Array($0.utf8) } }.map(MergeOperator.set(of:))
        let united = try result(.setUnion, sets)
        #expect(united.flatMap { MergeOperator.elements(ofSet: $0) }?.map(text) == ["a", "b", "c"])
    }

    @Test("Malformed operands are refused and nothing of their batch is written")
    func malformedOperands() throws {
        try withNamespace(.add64) { namespace in
            let error = #expect(throws: StoreError.self) { try namespace.merge("k", "short") }
            #expect(error?.code == .invalidArgument)
            #expect(error?.operation.description == "merge")
            #expect(throws: StoreError.self) {
                try namespace.write { batch in
                    batch.put("other", MergeOperator.number(1))
                    batch.merge("k", [] as [UInt8])
                }
            }
            let entries = try namespace.entries().collect()
            #expect(entries.isEmpty)
        }
        try withNamespace(.setUnion) { namespace in
            #expect(throws: StoreError.self) { try namespace.merge("k", [200, 200, 200, 200, 200, 1] as [UInt8]) }
            #expect(throws: StoreError.self) { try namespace.merge("k", [5, 1] as [UInt8]) }
        }
    }

    @Test("A malformed value is an error when read, writes go on, and a put heals it", arguments: Place.allCases)
    func malformedValues(_ place: Place) throws {
        try withNamespace(.add64) { namespace in
            try namespace.put("bad", "not a number")
            #expect(try namespace.get("bad") == Array("not a number".utf8))
            try namespace.merge("bad", MergeOperator.number(1))
            try namespace.merge("good", MergeOperator.number(1))
            try move(namespace, to: place)
            try namespace.merge("bad", MergeOperator.number(1))
            try move(namespace, to: place)
            for read in [
                { _ = try namespace.get("bad") }, { _ = try namespace.getMany(["good", "bad"]) },
                { _ = try namespace.contains("bad") }, { _ = try namespace.entries().collect() },
                { _ = try namespace.update { try $0.get("bad") } },
            ] {
                let error = #expect(throws: StoreError.self) { try read() }
                #expect(error?.code == .corruption)
                #expect(error?.message.contains("kvstore.add64") == true)
                #expect(error?.description.contains("not a number") == false)
            }
            #expect(try namespace.get("good") == MergeOperator.number(1))
            try namespace.put("bad", MergeOperator.number(5))
            try namespace.merge("bad", MergeOperator.number(1))
            #expect(try namespace.get("bad") == MergeOperator.number(6))
        }
    }

    @Test("A namespace without an operator refuses merges, and so does the metadata column family")
    func withoutOperator() throws {
        try withTemporaryStore { store, namespace in
            for refusing in [namespace, store.metadata] {
                let error = #expect(throws: StoreError.self) { try refusing.merge("k", "v") }
                #expect(error?.code == .invalidArgument)
                #expect(throws: StoreError.self) { try refusing.write { $0.merge("k", "v") } }
                let value = try refusing.get("k")
                #expect(value == nil)
            }
        }
    }

    @Test("An operator of one's own: registered, named in the catalog, missed when it is not there")
    func ownOperator() throws {
        let longest = MergeOperator("longest") { $0.byteCount >= $1.byteCount ? Array($0) : Array($1) }
        var configuration = StoreConfiguration.tiny
        configuration.mergeOperators = [longest]
        try withTemporaryFolder { folder in
            let path = folder.appending("store")
            do {
                let store = try Store.open(at: path, configuration: configuration)
                let namespace = try store.createNamespace("n", options: NamespaceOptions(mergeOperator: longest))
                for word in ["a", "abc", "ab"] { try namespace.merge("k", word) }
                #expect(try text(namespace.get("k")) == "abc")
                #expect(try store.namespaces().first?.mergeOperator == "longest")
                try store.close()
            }
            do {
                let store = try Store.open(at: path, configuration: .tiny)
                let error = #expect(throws: StoreError.self) { try store.namespace("n") }
                #expect(error?.code == .invalidArgument)
                #expect(error?.message.contains("longest") == true)
                try store.createNamespace("others are well").put("k", "v")
                try store.close()
            }
            let store = try Store.open(at: path, configuration: configuration)
            #expect(try text(store.namespace("n").get("k")) == "abc")
            for options in [NamespaceOptions(), NamespaceOptions(mergeOperator: .max)] {
                let error = #expect(throws: StoreError.self) { try store.namespace("n", options: options) }
                #expect(error?.code == .invalidArgument)
            }
            _ = try store.namespace("n", options: NamespaceOptions(mergeOperator: longest))
            try store.close()
        }
    }

    @Test("An operator that fails is an error when read; once it can, the next merge makes the value whole")
    func failingOperator() throws {
        try withTemporaryFolder { folder in
            let path = folder.appending("store")
            func open(_ merge: MergeOperator) throws -> Store {
                var configuration = StoreConfiguration.tiny
                configuration.mergeOperators = [merge]
                return try Store.open(at: path, configuration: configuration)
            }
            let broken = MergeOperator("join") { _, _ in throw Refused() }
            do {
                let store = try open(broken)
                let namespace = try store.createNamespace("n", options: NamespaceOptions(mergeOperator: broken))
                try namespace.put("k", "a")
                for word in ["b", "c"] { try namespace.merge("k", word) }
                try namespace.flush()
                try namespace.compact()
                #expect(throws: StoreError.self) { try namespace.get("k") }
                try namespace.put("other", "1")
                try store.close()
            }
            let mended = MergeOperator("join") { Array($0) + Array($1) }
            let store = try open(mended)
            let namespace = try store.namespace("n")
            #expect(throws: StoreError.self) { try namespace.get("k") }
            try namespace.merge("k", "d")
            #expect(try text(namespace.get("k")) == "abcd")
            try store.close()
        }
    }

    @Test("What an operator could not combine is put, deleted, and deleted with a range, as any entry is")
    func failedEntriesGo() throws {
        let broken = MergeOperator("join") { _, _ in throw Refused() }
        var configuration = StoreConfiguration.tiny
        configuration.mergeOperators = [broken]
        try withTemporaryStore(configuration) { store, _ in
            let namespace = try store.createNamespace("n", options: NamespaceOptions(mergeOperator: broken))
            func fail() throws {
                try namespace.merge("k", "a")
                try namespace.merge("k", "b")
                let error = #expect(throws: StoreError.self) { try namespace.get("k") }
                #expect(error?.code == .corruption)
            }
            let removals: [(Namespace) throws -> Void] = [
                { try $0.put("k", "c") }, { try $0.delete("k") }, { try $0.deleteRange(.prefix("k")) },
                { try $0.deleteRange(.all) }, { try $0.deleteRange(KeyRange(from: "a")) },
            ]
            for remove in removals {
                try fail()
                try remove(namespace)
                let count = try namespace.entries().collect().count
                #expect(count <= 1)
                try namespace.delete("k")
            }
        }
    }

    @Test("Names that no operator of one's own may have, options that do not hold together")
    func refusedOptions() throws {
        func merge(_ name: String) -> MergeOperator { MergeOperator(name) { earlier, _ in Array(earlier) } }
        for operators in [[merge("kvstore.add64")], [merge("")], [merge("a\u{0}")], [merge("a"), merge("a")]] {
            var configuration = StoreConfiguration.tiny
            configuration.mergeOperators = operators
            #expect(throws: StoreError.self) { try withTemporaryStore(configuration) { _, _ in } }
        }
        try withTemporaryStore { store, _ in
            for options in [
                NamespaceOptions(mergeOperator: merge("unregistered")), NamespaceOptions(timeToLive: .zero),
                NamespaceOptions(mergeOperator: .add64, timeToLive: .seconds(1)),
            ] {
                let error = #expect(throws: StoreError.self) { try store.createNamespace("n", options: options) }
                #expect(error?.code == .invalidArgument)
            }
            let names = try store.namespaces().map(\.name)
            #expect(names == ["test"])
        }
    }

    @Test("Updates and transactions see merges that come between")
    func updates() throws {
        try withNamespace(.add64) { namespace in
            func number() throws -> Int64? { try namespace.get("n").flatMap { MergeOperator.number(in: $0) } }
            // Into what updates remember.
            func bump() throws {
                try namespace.update { update in
                    let value = try update.get("n").flatMap { MergeOperator.number(in: $0) } ?? 0
                    update.put("n", MergeOperator.number(value + 1))
                }
            }
            try bump()
            try namespace.merge("n", MergeOperator.number(10))
            try bump()
            #expect(try number() == 12)
            var attempts = 0
            try namespace.transaction { txn in
                attempts += 1
                let value = try txn.get("n").flatMap { MergeOperator.number(in: $0) } ?? 0
                try txn.put("n", MergeOperator.number(value * 2))
                if attempts == 1 { try namespace.merge("n", MergeOperator.number(1)) }
            }
            #expect(try number() == 26)
        }
    }

    @Test("Merges of many tasks all count")
    func tasks() async throws {
        try await withTemporaryStore { store, _ in
            let options = NamespaceOptions(mergeOperator: .add64)
            let namespace = try await store.createNamespace("n", options: options)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<100 {
                    group.addTask {
                        let durability = task.isMultiple(of: 2) ? Durability.synced : .buffered
                        try await namespace.merge("many", MergeOperator.number(1), durability: durability)
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await namespace.get("many") == MergeOperator.number(100))
        }
    }

    @Test("A batch shows its merges, and rolls them back")
    func batches() {
        var batch = WriteBatch()
        batch.put("a", "1")
        let point = batch.savePoint
        batch.merge("a", "2")
        #expect(batch.writes.last == .merge(key: Array("a".utf8), operand: Array("2".utf8)))
        batch.rollBack(to: point)
        #expect(batch.writes == [.put(key: Array("a".utf8), value: Array("1".utf8))])
    }
}
