import KVStore
import KVStoreTables
import Testing

/// Where the entries of the indexes of ``users`` begin.
let entriesOfUsers = "users".encodedKey + [0xFE, 1]

/// Whether the namespace has just what the rows say.
func check(
    _ space: Namespace, _ table: Table<Int, User> = users,
    _ indexes: [any TableIndexing<Int, User>] = [byEmail, byTag, byAge]
) async throws {
    let rows = try await table.page(limit: 10_000, in: space).rows
    var expected: Set<[UInt8]> = []
    for index in indexes {
        for row in rows {
            index.encodeKeys(of: row.value) { key in
                let start = entriesOfUsers + KeyTuple(index.name, index.version).encodedKey + Array(key)
                expected.insert(index.isUnique ? start : start + row.key.encodedKey)
            }
        }
    }
    let found = try await space.page(.prefix(entriesOfUsers)).map(\.key)
    #expect(Set(found) == expected)
    #expect(found.count == expected.count)
}
