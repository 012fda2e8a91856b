import KVStore
import KVStoreTables
import Testing

@Suite("What a commit did to the rows of a table")
struct TableChangeTests {
    private let ada = User(name: "Ada", email: "ada@x", tags: ["a"])
    private static let whole = Table(key: Int.self, value: .text)

    @Test("Rows of the table come out, of other tables and of indexes nothing")
    func feed() async throws {
        try await withStores { store in
            let options = NamespaceOptions(changes: ChangeRetention())
            let space = try await store.createNamespace("test", options: options)
            try await users.prepareIndexes(in: space)
            let start = try await space.latestSequence()
            try await users.put(1, ada, in: space)
            try await plainUsers.put(2, ada, in: space)
            try await users.delete(1, in: space)
            try await users.deleteAll(in: space)
            let last = try await space.latestSequence()
            var ofUsers: [TableChange<Int, User>] = []
            var ofPlain: [TableChange<Int, User>] = []
            for try await change in space.changes(since: start) {
                ofUsers += try users.changes(in: change)
                ofPlain += try plainUsers.changes(in: change)
                if change.sequence >= last { break }
            }
            #expect(ofUsers == [.put(key: 1, value: ada), .delete(key: 1), .deleteRange(.all)])
            #expect(ofPlain == [.put(key: 2, value: ada)])
        }
    }

    @Test("Deleted ranges are told as far as they are of the table")
    func ranges() throws {
        func changes(_ lower: [UInt8], _ upper: [UInt8]) throws -> [TableChange<Int, User>] {
            try users.changes(in: Change(sequence: 1, writes: [.deleteRange(lower: lower, upper: upper)]))
        }
        let name = "users".encodedKey
        #expect(try changes([], [0xFF]) == [.deleteRange(.all)])
        #expect(try changes([], name).isEmpty)
        #expect(try changes("v".encodedKey, [0xFF]).isEmpty)
        #expect(try changes(name + [0xFE, 1], [0xFF]).isEmpty)
        let (one, five) = (1.encodedKey, 5.encodedKey)
        #expect(
            try changes(name + one, name + five) == [.deleteRange(KeyRange(lowerBound: one, upperBound: five))])
        #expect(try changes([], name + five) == [.deleteRange(KeyRange(lowerBound: nil, upperBound: five))])
        #expect(try changes(name + one, [0xFF]) == [.deleteRange(KeyRange(lowerBound: one, upperBound: nil))])
        #expect(try changes(name + five, name + one).isEmpty)
    }

    @Test("A table without a name has the whole namespace; a merged row is an error, as is one that is none")
    func others() throws {
        let table = Self.whole
        func changes(_ writes: WriteBatch.Write...) throws -> [TableChange<Int, String>] {
            try table.changes(in: Change(sequence: 1, writes: writes))
        }
        let one = 1.encodedKey
        let text = Array("a".utf8)
        #expect(
            try changes(.put(key: one, value: text), .putForTime(key: one, value: text, time: .seconds(1)))
                == [.put(key: 1, value: "a"), .put(key: 1, value: "a")])
        #expect(try changes(.delete(key: one)) == [.delete(key: 1)])
        #expect(throws: TableError.self) { try changes(.merge(key: one, operand: text)) }
        #expect(throws: KeyCodingError.self) { try changes(.put(key: [0x77], value: text)) }
        // Of an index, or no key at all.
        #expect(try changes(.put(key: [0xFE, 1], value: text), .merge(key: [0xFF], operand: text)).isEmpty)
    }
}
