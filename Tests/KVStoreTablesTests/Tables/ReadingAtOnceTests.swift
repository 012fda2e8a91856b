import KVStore
import KVStoreTables
import Testing

@Suite("Tables on threads")
struct ReadingAtOnceTests {
    /// What is read of the users.
    private struct Answers: Equatable {
        var values: [User?] = []
        var isThere: [Bool] = []
        var pages: [[Int]] = []
        var tagged: [[Int]] = []
        var found: [Int?] = []
    }

    private static let keys = [0, 1, 4, 25, 26]

    private func answers(_ reader: some RangeReadable & AnyObject) throws -> Answers {
        var answers = Answers()
        for key in Self.keys {
            answers.values.append(try users.get(key, in: reader))
            answers.isThere.append(try users.contains(key, in: reader))
            answers.found.append(try users.first(byEmail, "\(key)@x", in: reader)?.key)
        }
        for isReversed in [false, true] {
            var token: PageToken?
            repeat {
                let page = try users.page(
                    .partial(in: 2...20), after: token, reversed: isReversed, limit: 7, in: reader)
                answers.pages.append(page.rows.map(\.key))
                token = page.next
            } while token != nil
            repeat {
                let page = try users.page(
                    byTag, .partial("even"), after: token, reversed: isReversed, limit: 5, in: reader)
                answers.tagged.append(page.rows.map(\.key))
                token = page.next
            } while token != nil
        }
        return answers
    }

    private func answersOfTask(_ reader: some KeyValueReader) async throws -> Answers {
        var answers = Answers()
        for key in Self.keys {
            answers.values.append(try await users.get(key, in: reader))
            answers.isThere.append(try await users.contains(key, in: reader))
            answers.found.append(try await users.first(byEmail, "\(key)@x", in: reader)?.key)
        }
        for isReversed in [false, true] {
            var token: PageToken?
            repeat {
                let page = try await users.page(
                    .partial(in: 2...20), after: token, reversed: isReversed, limit: 7, in: reader)
                answers.pages.append(page.rows.map(\.key))
                token = page.next
            } while token != nil
            repeat {
                let page = try await users.page(
                    byTag, .partial("even"), after: token, reversed: isReversed, limit: 5, in: reader)
                answers.tagged.append(page.rows.map(\.key))
                token = page.next
            } while token != nil
        }
        return answers
    }

    @Test("What is read is what tasks read, of a namespace, a snapshot and a transaction")
    func sameAsAsync() async throws {
        try await withSpaces { space in
            try await users.prepareIndexes(in: space)
            for key in 1...25 {
                let tags = key.isMultiple(of: 2) ? ["even"] : []
                try await users.put(key, User(name: "\(key)", email: "\(key)@x", tags: tags, age: key), in: space)
            }
            let before = try await answersOfTask(space)
            #expect(before.pages.count == 6 && before.tagged.count == 6)
            #expect(try answers(space) == before)
            let snapshot = try await space.snapshot()
            try await users.delete(4, in: space)
            #expect(try answers(snapshot) == before)
            #expect(try await answersOfTask(snapshot) == before)
            let after = try await answersOfTask(space)
            #expect(after != before)
            #expect(try answers(space) == after)
            #expect(try inTransaction(space) == after)
            try await checkRows(space)
            try await checkRows(snapshot)
        }
    }

    private func inTransaction(_ space: Namespace) throws -> Answers { try space.transaction { try answers($0) } }

    private func checkRows(_ reader: some RangeReadable & KeyValueReader & AnyObject) async throws {
        let keys = try await users.rows(.partial(in: 3...), reversed: true, limit: 9, in: reader).collect().map(\.key)
        let tagged = try await users.rows(byTag, .partial("even"), limit: 9, in: reader).collect().map(\.key)
        #expect(try keysAtOnce(reader) == keys)
        #expect(try taggedAtOnce(reader) == tagged)
    }

    private func keysAtOnce(_ reader: some RangeReadable & KeyValueReader & AnyObject) throws -> [Int] {
        try users.rows(.partial(in: 3...), reversed: true, limit: 9, in: reader).collect().map(\.key)
    }

    private func taggedAtOnce(_ reader: some RangeReadable & KeyValueReader & AnyObject) throws -> [Int] {
        try users.rows(byTag, .partial("even"), limit: 9, in: reader).collect().map(\.key)
    }

    @Test("A transaction writes tables, and reads what it wrote")
    func writing() async throws {
        try await withSpaces { space in
            try await users.prepareIndexes(in: space)
            try await users.put(1, User(name: "Ada", email: "ada@x"), in: space)
            try write(space)
            #expect(try await users.rows(in: space).collect().map(\.key) == [2])
            try await check(space)
        }
    }

    private func write(_ space: Namespace) throws {
        try space.transaction { transaction in
            try users.put(2, User(name: "Bob", email: "bob@x", tags: ["b"]), in: transaction)
            try users.delete(1, in: transaction)
            let byMail = try users.first(byEmail, "bob@x", in: transaction)
            let nobody = try users.first(byEmail, "ada@x", in: transaction)
            #expect(byMail?.key == 2 && nobody == nil)
        }
        #expect(throws: TableError.self) {
            try space.transaction { transaction in
                try users.put(3, User(name: "Cyd", email: "bob@x"), in: transaction)
            }
        }
    }

    @Test("An index that is not built is refused, and an empty namespace has nothing")
    func nothing() async throws {
        try await withSpaces { space in
            try readNothing(space)
            try await users.prepareIndexes(in: space)
            let expected = try await answersOfTask(space)
            #expect(try answers(space) == expected)
        }
    }

    private func readNothing(_ space: Namespace) throws {
        let isReady = try users.isReady(byTag, in: space)
        #expect(!isReady)
        #expect(throws: TableError.self) { _ = try users.rows(byTag, in: space).collect() }
        #expect(throws: TableError.self) { _ = try users.page(byTag, limit: 1, in: space) }
        #expect(throws: TableError.self) { _ = try users.first(byTag, "a", in: space) }
        let rows = try users.rows(in: space).collect()
        let page = try users.page(limit: 3, in: space)
        #expect(rows.isEmpty && page.rows.isEmpty && page.next == nil)
    }
}
