import Foundation
import KVStore
import KVStoreFoundation
import KVStoreTables
import Testing

@Suite("Indexes hold what their tables hold")
struct IndexTests {
    @Test("Rows are found by index keys, in their order, and what goes from a row goes from its indexes")
    func finding() async throws {
        try await withSpaces { space in
            try await users.prepareIndexes(in: space)
            try await users.put(1, User(name: "Ada", email: "ada@x", tags: ["a", "b"], age: 36), in: space)
            try await users.put(2, User(name: "Bob", email: nil, tags: ["b"], age: 5), in: space)
            try await users.put(3, User(name: "Cyd", email: "cyd@x", tags: [], age: 36), in: space)
            #expect(try await users.first(byEmail, "ada@x", in: space)?.key == 1)
            #expect(try await users.first(byEmail, "nobody@x", in: space) == nil)
            #expect(try await tagged("b", space) == [1, 2])
            #expect(try await byAges(.all, space) == ["Ada", "Cyd", "Bob"])
            #expect(try await byAges(.partial(Descending(36)), space) == ["Ada", "Cyd"])
            #expect(try await byAges(.partial(in: ..<Descending(6)), space) == ["Ada", "Cyd"])
            #expect(try await byAges(.all, space, reversed: true, limit: 1) == ["Bob"])
            try await users.put(1, User(name: "Ada", email: "a@x", tags: ["b", "c"], age: 37), in: space)
            #expect(try await users.first(byEmail, "ada@x", in: space) == nil)
            #expect(try await users.first(byEmail, "a@x", in: space)?.value.age == 37)
            #expect(try await tagged("a", space) == [])
            #expect(try await tagged("c", space) == [1])
            try await users.delete(1, in: space)
            #expect(try await tagged("b", space) == [2])
            try await check(space)
            try await users.deleteAll(in: space)
            #expect(try await tagged("b", space) == [])
            #expect(try await users.isReady(byTag, in: space))
            try await check(space)
        }
    }

    @Test("A unique index takes a key once, and a refused row writes nothing, however it is written")
    func unique() async throws {
        try await withSpaces { space in
            try await users.prepareIndexes(in: space)
            try await users.put(1, User(name: "Ada", email: "ada@x"), in: space)
            let before = try await space.page()
            let other = User(name: "Eve", email: "ada@x", tags: ["evil"])
            @Sendable func refused(_ body: () async throws -> Void) async throws {
                do {
                    try await body()
                    Issue.record("it was taken twice")
                } catch let error as TableError {
                    #expect(error.code == .uniqueViolation)
                    #expect(error.index == "email")
                }
            }
            try await refused { try await users.put(2, other, in: space) }
            try await refused { try await space.withTransaction { try await users.put(2, other, in: $0) } }
            try await refused { try Self.update(space) { try users.put(2, other, in: &$0) } }
            // Refused and gone past: nothing of it is in what is written beside.
            try await space.withTransaction { txn in
                try await refused { try await users.put(2, other, in: txn) }
            }
            #expect(try await space.page() == before)
            try await users.put(1, User(name: "Ada Lovelace", email: "ada@x"), in: space)
            // What one gives up another may have, in one transaction too.
            try await space.withTransaction { txn in
                try await users.delete(1, in: txn)
                try await users.put(2, other, in: txn)
            }
            #expect(try await users.first(byEmail, "ada@x", in: space)?.key == 2)
            try await check(space)
            var batch = WriteBatch()
            #expect(throws: TableError.self) { try users.put(3, other, in: &batch) }
            #expect(throws: TableError.self) { try users.delete(3, in: &batch) }
            #expect(batch.isEmpty)
        }
    }

    private static func update(_ space: Namespace, _ body: (inout Update) throws -> Void) throws {
        try space.update { try body(&$0) }
    }

    @Test("Of many that want the same key at once one has it, and random writers leave rows and indexes alike")
    func concurrent() async throws {
        try await withSpaces { space in
            try await users.prepareIndexes(in: space)
            let taken = try await withThrowingTaskGroup(of: Int.self) { group in
                for writer in 0..<8 {
                    group.addTask {
                        var taken = 0
                        for round in 0..<20 {
                            let user = User(name: "\(writer)", email: "\(round)@x", tags: ["t\(round % 3)"])
                            do {
                                if writer % 2 == 0 {
                                    try await users.put(writer * 100 + round, user, in: space)
                                } else {
                                    try await space.withTransaction(durability: nil, maxAttempts: 1000) { txn in
                                        try await users.put(writer * 100 + round, user, in: txn)
                                    }
                                }
                                taken += 1
                            } catch let error as TableError where error.code == .uniqueViolation {}
                        }
                        return taken
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(taken == 20)
            try await check(space)
        }
    }

    @Test("An index that is declared anew is built beside writers, and resumes where it was")
    func building() async throws {
        try await withSpaces { space in
            let old = Table("users", key: Int.self, value: .json(User.self))
            for key in 0..<300 {
                try await old.put(
                    key, User(name: "\(key)", email: "\(key)@x", tags: ["t\(key % 5)"], age: key), in: space)
            }
            await #expect(throws: TableError.self) { try await users.first(byEmail, "1@x", in: space) }
            // Cut off in the middle, as by the end of a process.
            let building = Task { try await users.prepareIndexes(in: space, batchSize: 1) }
            while try await space.page(.prefix(entriesOfUsers), limit: 20).count < 20 { await Task.yield() }
            building.cancel()
            _ = await building.result
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await users.prepareIndexes(in: space, batchSize: 16) }
                group.addTask { try await users.prepareIndexes(in: space, batchSize: 7) }
                group.addTask {
                    for key in stride(from: 299, to: 0, by: -3) {
                        try await users.put(key, User(name: "new", email: "new\(key)@x", tags: ["t1"]), in: space)
                        try await users.delete(key - 1, in: space)
                    }
                }
                try await group.waitForAll()
            }
            for isReady in [
                try await users.isReady(byEmail, in: space), try await users.isReady(byTag, in: space),
                try await users.isReady(byAge, in: space),
            ] { #expect(isReady) }
            try await check(space)
        }
    }

    @Test("An index of another version is built anew, one that is declared no more is removed")
    func redeclaring() async throws {
        try await withSpaces { space in
            try await users.prepareIndexes(in: space)
            for key in 0..<10 {
                try await users.put(key, User(name: "n\(key)", email: "\(key)@x", tags: ["t"]), in: space)
            }
            let byName = TableIndex<Int, User, String>("email", version: 2) { $0.name }
            let later = Table("users", key: Int.self, value: .json(User.self), indexes: [byName, byTag])
            #expect(try await !later.isReady(byName, in: space))
            try await later.prepareIndexes(in: space, batchSize: 3)
            #expect(try await later.first(byName, "n7", in: space)?.key == 7)
            #expect(try await !later.isReady(byAge, in: space))
            try await check(space, later, [byName, byTag])
            let none = Table("users", key: Int.self, value: .json(User.self))
            try await none.prepareIndexes(in: space)
            #expect(try await space.page().count == 10)
        }
    }

    @Test("Two rows with one unique key are told when the index is built, and it goes on when they are mended")
    func violationWhileBuilding() async throws {
        try await withSpaces { space in
            let old = Table("users", key: Int.self, value: .json(User.self))
            for key in 0..<10 { try await old.put(key, User(name: "\(key)", email: "\(key % 9)@x"), in: space) }
            do {
                try await users.prepareIndexes(in: space, batchSize: 2)
                Issue.record("it was built")
            } catch let error as TableError {
                #expect(error.code == .uniqueViolation)
            }
            #expect(try await !users.isReady(byEmail, in: space))
            try await users.put(9, User(name: "9", email: "9@x"), in: space)
            try await users.prepareIndexes(in: space, batchSize: 2)
            try await check(space)
        }
    }

    private func tagged(_ tag: String, _ space: Namespace) async throws -> [Int] {
        var keys: [Int] = []
        for try await row in users.rows(byTag, .partial(tag), in: space) { keys.append(row.key) }
        return keys
    }

    private func byAges(
        _ range: KeyRange, _ space: Namespace, reversed: Bool = false, limit: Int? = nil
    ) async throws -> [String] {
        var names: [String] = []
        for try await row in users.rows(byAge, range, reversed: reversed, limit: limit, in: space) {
            #expect(row.indexKey.parts.1 == row.value.name)
            names.append(row.value.name)
        }
        return names
    }
}
