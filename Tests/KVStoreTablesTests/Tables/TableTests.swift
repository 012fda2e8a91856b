import Foundation
import KVStore
import KVStoreFoundation
import KVStoreTables
import Testing

@Suite("Tables hold rows of types")
struct TableTests {
    @Test("Rows are put, read and deleted, one and many")
    func rows() async throws {
        try await withSpaces { space in
            let ada = User(name: "Ada", email: "ada@example.org")
            #expect(try await plainUsers.get(1, in: space) == nil)
            try await plainUsers.put(1, ada, in: space)
            try await plainUsers.put(-1, User(name: "Bob"), in: space, durability: .synced)
            #expect(try await plainUsers.get(1, in: space) == ada)
            #expect(try await plainUsers.contains(-1, in: space))
            #expect(try await plainUsers.getMany([1, 5, -1], in: space) == [ada, nil, User(name: "Bob")])
            try await plainUsers.delete(1, in: space)
            try await plainUsers.delete(1, in: space)
            #expect(try await plainUsers.get(1, in: space) == nil)
            let keys = try await space.page().map(\.key)
            #expect(keys == [KeyTuple("plain", -1).encodedKey])
        }
    }

    private static let messages = Table(key: KeyTuple<String, Descending<Int>>.self, value: .text)

    @Test("Rows are read by ranges of partial keys, both ways, with a limit, and by pages")
    func ranges() async throws {
        try await withSpaces { space in
            let table = Self.messages
            var batch = WriteBatch()
            for sender in ["a", "a\0", "b"] {
                for time in 1...10 {
                    try table.put(KeyTuple(sender, Descending(time)), "\(sender)\(time)", in: &batch)
                }
            }
            try await space.commit(batch)
            func values(_ range: KeyRange, reversed: Bool = false, limit: Int? = nil) async throws -> [String] {
                var values: [String] = []
                for try await (key, value) in table.rows(range, reversed: reversed, limit: limit, in: space) {
                    #expect("\(key.parts.0)\(key.parts.1.base)" == value)
                    values.append(value)
                }
                return values
            }
            let ofA = (1...10).reversed().map { "a\($0)" }
            #expect(try await values(.partial("a")) == ofA)
            #expect(try await values(.partial("a"), reversed: true, limit: 2) == ["a1", "a2"])
            #expect(try await values(.partial("b", in: Descending(3)...Descending(2))) == ["b3", "b2"])
            #expect(try await values(.all).count == 30)
            #expect(try await values(.partial(beginningWith: "a")).count == 20)
            #expect(try await values(.partial("c")).isEmpty)
            for reversed in [false, true] {
                for size in [1, 3, 10, 100] {
                    var paged: [String] = []
                    var token: PageToken?
                    repeat {
                        let page = try await table.page(
                            .partial("a"), after: token, reversed: reversed, limit: size, in: space)
                        paged += page.rows.map(\.value)
                        token = page.next.flatMap { PageToken($0.description) }
                        #expect((token == nil) == (page.next == nil))
                    } while token != nil
                    #expect(paged == (reversed ? ofA.reversed() : ofA))
                }
            }
            let first = try await table.page(limit: 1, in: space)
            await #expect(throws: TableError.self) {
                try await table.page(after: first.next, reversed: true, limit: 1, in: space)
            }
            // A token of another range reads nothing outside of the one that is asked for.
            let last = try await table.page(.partial("b"), limit: 9, in: space)
            #expect(try await table.page(.partial("a"), after: last.next, limit: 9, in: space).rows.isEmpty)
        }
    }

    @Test("Texts that are no tokens are none, and others are written as they were read")
    func tokens() {
        for text in ["", "x", "f=", "fA", "fAB ", "f\u{0}", "fAAA_AAAAé"] { #expect(PageToken(text) == nil, "\(text)") }
        var random = SeededRandom(test: "tokens")
        for _ in 0..<1000 {
            let text = "f" + String((0..<9).map { _ in "AbZ09-_".randomElement(using: &random) ?? "A" })
            if let token = PageToken(text) { #expect(token.description == text) }
        }
    }

    @Test("Tables share a namespace, whatever their names begin with")
    func neighbours() async throws {
        try await withSpaces { space in
            let names = ["a", "a\0", "ab", ""]
            for name in names {
                let table = Table(name, key: [UInt8].self, value: .key(Int.self))
                for key in [[], [0], [0xFF, 0xFF]] as [[UInt8]] { try await table.put(key, key.count, in: space) }
            }
            for name in names {
                let table = Table(name, key: [UInt8].self, value: .key(Int.self))
                #expect(try await table.page(limit: 100, in: space).rows.map(\.value) == [0, 1, 2])
                try await table.deleteAll(in: space)
                #expect(try await table.page(limit: 100, in: space).rows.isEmpty)
            }
            #expect(try await space.page().isEmpty)
        }
    }

    @Test("Batches, updates, transactions and snapshots")
    func writers() async throws {
        try await withSpaces { space in
            try await space.write { batch in
                for key in 1...3 { try plainUsers.put(key, User(name: "\(key)"), in: &batch) }
                try plainUsers.delete(2, in: &batch)
            }
            let before = try await space.snapshot()
            try Self.synchronously(space)
            try await space.withTransaction { txn in
                var user = try #require(try await plainUsers.get(1, in: txn))
                user.age += 1
                try await plainUsers.put(1, user, in: txn)
                try await plainUsers.delete(3, in: txn)
                #expect(try await plainUsers.rows(in: txn).reduce(into: []) { $0.append($1.key) } == [1, 4])
            }
            #expect(try await plainUsers.get(1, in: space)?.age == 2)
            #expect(try await plainUsers.page(limit: 9, in: before).rows.map(\.key) == [1, 3])
            // What a table says of bytes is what there is.
            let entry = try #require(try await space.page(plainUsers.range(), limit: 1).first)
            #expect(try plainUsers.row(entry).key == 1)
            #expect(try await space.get(plainUsers.key(1)).map { try plainUsers.decode($0) }?.age == 2)
            #expect(throws: TableError.self) { try users.row(entry) }
        }
    }

    private static func synchronously(_ space: Namespace) throws {
        try space.update { update in
            var user = try #require(try plainUsers.get(1, in: &update))
            user.age += 1
            try plainUsers.put(1, user, in: &update)
            #expect(try plainUsers.get(1, in: &update) == user)
            try plainUsers.put(4, user, in: &update)
        }
        #expect(try plainUsers.get(1, in: space)?.age == 1)
        try space.transaction { txn in
            var writer = txn
            try plainUsers.put(5, User(name: "5"), in: &writer)
            try plainUsers.delete(5, in: &writer)
        }
    }

    @Test("What was stored otherwise is an error, not a value")
    func damaged() async throws {
        try await withSpaces { space in
            try await space.put(plainUsers.key(1), "{")
            await #expect(throws: (any Error).self) { try await plainUsers.get(1, in: space) }
            let texts = Table("t", key: Int.self, value: .text)
            try await space.put(texts.key(1), [0xFF])
            await #expect(throws: TableError.self) { try await texts.get(1, in: space) }
            try await space.put(KeyTuple("t", "x"), "")
            await #expect(throws: KeyCodingError.self) { try await texts.page(.partial("x"), limit: 1, in: space) }
        }
    }
}
