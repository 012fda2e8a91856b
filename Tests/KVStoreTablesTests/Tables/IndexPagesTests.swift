import KVStore
import KVStoreTables
import Testing

@Suite("Pages of rows in the order of an index")
struct IndexPagesTests {
    @Test("Each row is on one page, both ways, whatever the size; a unique index too")
    func pages() async throws {
        try await withSpaces { space in
            try await users.prepareIndexes(in: space)
            for key in 0..<20 {
                let tags = key % 2 == 0 ? ["even", "any"] : ["any"]
                try await users.put(key, User(name: "\(key)", email: "\(key + 10)@x", tags: tags), in: space)
            }
            for size in [1, 3, 10, 100] {
                for reversed in [false, true] {
                    let even = try await keys(byTag, .partial("even"), reversed, size, space)
                    #expect(even == ordered(stride(from: 0, to: 20, by: 2), reversed))
                    let all = try await keys(byEmail, .all, reversed, size, space)
                    #expect(all == ordered(0..<20, reversed))
                    let rows = try await users.rows(byEmail, reversed: reversed, limit: size, in: space).collect()
                    #expect(rows.map(\.key) == Array(all.prefix(size)))
                    let plain = try await users.rows(reversed: reversed, limit: size, in: space).collect()
                    #expect(plain.map(\.key) == Array(all.prefix(size)))
                }
            }
        }
    }

    private func ordered(_ keys: some Sequence<Int>, _ reversed: Bool) -> [Int] {
        reversed ? keys.reversed() : Array(keys)
    }

    private func keys(
        _ index: TableIndex<Int, User, String>, _ range: KeyRange, _ reversed: Bool, _ size: Int, _ space: Namespace
    ) async throws -> [Int] {
        var keys: [Int] = []
        var token: PageToken?
        repeat {
            let page = try await users.page(index, range, after: token, reversed: reversed, limit: size, in: space)
            #expect(page.rows.count <= size && !page.rows.isEmpty)
            keys += page.rows.map(\.key)
            token = page.next.flatMap { PageToken($0.description) }
        } while token != nil
        return keys
    }

    @Test("What goes between two pages moves none, and a token reads nothing outside of the range")
    func tokens() async throws {
        try await withSpaces { space in
            try await users.prepareIndexes(in: space)
            for key in 0..<6 { try await users.put(key, User(name: "\(key)", tags: ["a", "b"]), in: space) }
            let first = try await users.page(byTag, .partial("b"), limit: 2, in: space)
            try await users.delete(1, in: space)
            try await users.delete(2, in: space)
            let second = try await users.page(byTag, .partial("b"), after: first.next, limit: 2, in: space)
            #expect(second.rows.map(\.key) == [3, 4])
            let other = try await users.page(byTag, .partial("a"), after: first.next, limit: 9, in: space)
            #expect(other.rows.isEmpty && other.next == nil)
            await #expect(throws: TableError.self) {
                try await users.page(byTag, after: first.next, reversed: true, limit: 2, in: space)
            }
        }
    }

    @Test("An index that is not built is refused")
    func unbuilt() async throws {
        try await withSpaces { space in
            await #expect(throws: TableError.self) { try await users.page(byTag, limit: 1, in: space) }
        }
    }
}
