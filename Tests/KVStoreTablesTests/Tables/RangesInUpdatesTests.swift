import KVStore
import KVStoreTables
import Testing

@Suite("An update reads ranges of tables")
struct RangesInUpdatesTests {
    @Test("Rows, by keys and by indexes, are those of the store with the closure's own writes over them")
    func ownWrites() async throws {
        try await withSpaces { space in
            try await users.prepareIndexes(in: space)
            try await users.put(1, User(name: "Ada", email: "ada@x", tags: ["a", "b"], age: 36), in: space)
            try await users.put(2, User(name: "Bob", email: nil, tags: ["b"], age: 5), in: space)
            try await space.update { update in
                try users.put(3, User(name: "Cyd", email: "cyd@x", tags: ["b"], age: 40), in: &update)
                try users.delete(2, in: &update)
                let all = try users.rows(in: &update)
                #expect(all.map(\.key) == [1, 3])
                let newest = try users.rows(reversed: true, limit: 1, in: &update)
                #expect(newest.map(\.value.name) == ["Cyd"])
                let some = try users.rows(.partial(in: 0..<3), in: &update)
                #expect(some.map(\.key) == [1])
                let oldest = try users.rows(byAge, limit: 1, in: &update)
                #expect(oldest.map(\.key) == [3])
                let tagged = try users.rows(byTag, .partial("b"), reversed: true, in: &update)
                #expect(tagged.map(\.key) == [3, 1] && tagged.map(\.indexKey) == ["b", "b"])
                let byMail = try users.first(byEmail, "cyd@x", in: &update)
                let nobody = try users.first(byEmail, "bob@x", in: &update)
                #expect(byMail?.key == 3 && nobody == nil)
            }
            try await check(space)
        }
    }

    @Test("An index that is not built is refused")
    func unbuilt() async throws {
        try await withSpaces { space in
            await #expect(throws: TableError.self) {
                try await space.update { update in _ = try users.rows(byTag, in: &update) }
            }
        }
    }

    @Test("Of many workers that take the first of an index in updates, each gets another")
    func queue() async throws {
        try await withSpaces { space in
            try await users.prepareIndexes(in: space)
            for key in 0..<60 { try await users.put(key, User(name: "\(key)", tags: ["waiting"]), in: space) }
            let taken = try await withThrowingTaskGroup(of: [Int].self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        var taken: [Int] = []
                        while let key = try await Self.take(space) { taken.append(key) }
                        return taken
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(taken.sorted() == Array(0..<60))
            try await check(space)
        }
    }

    private static func take(_ space: Namespace) async throws -> Int? {
        try await space.update { update in
            guard var row = try users.first(byTag, "waiting", in: &update) else { return nil }
            row.value.tags = ["taken"]
            try users.put(row.key, row.value, in: &update)
            return row.key
        }
    }
}
