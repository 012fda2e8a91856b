import Foundation
import KVStore
import KVStoreFoundation
import KVStoreTables
import Testing

@Suite("Values change their form")
struct VersionedValueTests {
    private struct UserV1: Codable, Sendable { var name: String }

    private static let first = VersionedCoder(1, .text)
    private static let second = first.then(2, .json(UserV1.self)) { UserV1(name: $0) }
    private static let third = second.then(3, .json(User.self)) { User(name: $0.name) }

    @Test("Values of every version are read, and written anew with the last")
    func versions() async throws {
        try await withSpaces { space in
            try await Table("u", key: Int.self, value: Self.first).put(1, "Ada", in: space)
            try await Table("u", key: Int.self, value: Self.second).put(2, UserV1(name: "Bob"), in: space)
            let table = Table("u", key: Int.self, value: Self.third, indexes: [byTag])
            try await table.prepareIndexes(in: space)
            try await table.put(3, User(name: "Cyd", age: 7), in: space)
            #expect(try await table.getMany([1, 2, 3], in: space).map { $0?.name } == ["Ada", "Bob", "Cyd"])
            #expect(try await table.rewriteValues(in: space, batchSize: 2) == 2)
            #expect(try await table.rewriteValues(in: space) == 0)
            #expect(try await space.page(table.range()).allSatisfy { $0.value.first == 3 })
            do {
                _ = try await Table("u", key: Int.self, value: Self.second).get(3, in: space)
                Issue.record("a later version was read")
            } catch let error as TableError {
                #expect(error.code == .unknownVersion)
            }
            try await space.put(table.key(4), "")
            await #expect(throws: TableError.self) { try await table.get(4, in: space) }
        }
    }

    @Test("Golden values decode to what they were")
    func golden() throws {
        let lines = try String(contentsOf: .golden("values-1.txt"), encoding: .utf8).split(separator: "\n")
        let table = Table("u", key: Int.self, value: Self.third)
        for line in lines where !line.hasPrefix("#") {
            let fields = line.split(separator: "\t")
            let bytes = try #require([UInt8](hexadecimal: String(fields[1])))
            switch fields[0] {
            case "key": #expect(try KeyCoder<KeyTuple<String, Int>>().decode(bytes.span.bytes).parts == ("a", 5))
            case "text": #expect(try TextCoder().decode(bytes.span.bytes) == "Ada")
            case "bytes": #expect(BytesCoder().decode(bytes.span.bytes) == [0, 1, 0xFF])
            default: #expect(try table.decode(bytes).name == "Ada", "\(line)")
            }
        }
        #expect(lines.count == 8)
    }
}
