import KVStoreFoundation
import KVStoreTables

/// What the tables of the tests hold.
struct User: Codable, Hashable, Sendable {
    var name: String
    var email: String?
    var tags: [String] = []
    var age = 0
}

let byEmail = TableIndex<Int, User, String>("email", isUnique: true) { $0.email }
let byTag = TableIndex<Int, User, String>("tag", each: { $0.tags })
let byAge = TableIndex<Int, User, KeyTuple<Descending<Int>, String>>("age") { KeyTuple(Descending($0.age), $0.name) }

let plainUsers = Table("plain", key: Int.self, value: .json(User.self))
let users = Table("users", key: Int.self, value: .json(User.self), indexes: [byEmail, byTag, byAge])
