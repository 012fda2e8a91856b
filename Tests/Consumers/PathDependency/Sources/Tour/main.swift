import Foundation
import KVStore
import KVStoreFoundation
import KVStoreTables

// Created if missing, with the documented tuning.
let store = try Store.open(at: "example.kvstore")
let orders = try store.namespace("orders", createIfMissing: true)

// Keys and values are bytes: strings, byte arrays, spans. A missing key is nil, not an error.
try orders.put("order/1", "pending")
let status: [UInt8]? = try orders.get("order/1")
print(status.map { String(decoding: $0, as: UTF8.self) } ?? "no such order")

// Several changes as one commit.
try orders.write { batch in
    batch.put("order/1", "paid")
    batch.put("order/2", "pending")
    batch.delete("cart/7")
}

// Entries come ordered by the bytes of their keys. An error ends the loop by throwing.
let entries = orders.entries(prefix: "order/")
while let entry = try entries.next() {
    print(String(decoding: entry.key, as: UTF8.self), String(decoding: entry.value, as: UTF8.self))
}

// Read, decide, write: the updates of a namespace run one after another, so none is lost.
let number = try orders.update { changes in
    let last = try changes.get("last number").flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 0
    changes.put("last number", String(last + 1))
    return last + 1
}
print("number", number)

// A snapshot does not see what comes later.
let snapshot = try orders.snapshot()
try orders.delete("order/2")
print(try snapshot.contains("order/2"), try orders.contains("order/2"))

// Returns when a power cut could not take it any more.
try orders.put("order/3", "paid", durability: .synced)

// Errors have a code to branch on and a message for people.
do {
    _ = try store.namespace("customers")
} catch {
    print(error.code == .namespaceNotFound ? "no customers yet" : "\(error)")
}

// In async code the same names suspend instead of blocking a thread.
func markAllPaid(in orders: Namespace) async throws {
    for try await entry in orders.entries(prefix: "order/") {
        let receipt = try await orders.put(entry.key, "paid")
        try await receipt.waitUntilDurable()
    }
}

try store.close()

struct Chore: Codable, Sendable {
    var title: String
    var due: Date

    // JSON under numbers, and found by the date too.
    static let byDue = TableIndex<Int, Chore, Date>("due") { $0.due }
    static let table = Table("chores", key: Int.self, value: .json(Chore.self), indexes: [byDue])
}

func plan(_ chore: Chore, number: Int, in space: Namespace) async throws -> [Chore] {
    try await Chore.table.prepareIndexes(in: space)
    try await Chore.table.put(number, chore, in: space, durability: .synced)
    // Those that are due first; page.next is a token for the next 20.
    let page = try await Chore.table.page(Chore.byDue, limit: 20, in: space)
    return page.rows.map(\.value)
}

var configuration = StoreConfiguration.small  // 36 MiB in all
configuration.blockCache = .shared(.mebibytes(64))
let small = try Store.open(at: "small.kvstore", configuration: configuration)
print(small.memoryBudget)
try small.close()
