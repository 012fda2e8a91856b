import Foundation
import KVStore
import KVStoreFoundation
import KVStoreTables
import Testing

private struct Account: Codable, Hashable {
    var email: String
    var tags: [String]
}

private struct AccountV1: Codable {
    var email: String
}

struct OrderKey: KeyCodable, Hashable {
    var customer: Int
    var placed: Descending<Timestamp>

    init(customer: Int, placed: Timestamp) {
        self.customer = customer
        self.placed = Descending(placed)
    }

    func encode(into encoder: inout KeyEncoder) { encoder.encode(customer, placed) }

    init(decoding decoder: inout KeyDecoder) throws(KeyCodingError) {
        (customer, placed) = try decoder.decode()
    }
}

@Suite("The guide to tables")
struct TablesGuideTests {
    @Test("Every snippet of it is code that is run here")
    func snippets() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        let guide = try String(
            contentsOf: folder.appending(path: "../../../docs/tables.md").standardized, encoding: .utf8)
        let code = Self.lines(try String(contentsOf: URL(filePath: #filePath), encoding: .utf8))
        let blocks = guide.components(separatedBy: "```swift\n").dropFirst().map {
            $0.components(separatedBy: "```")[0]
        }
        #expect(blocks.count >= 8)
        // The first is of a manifest.
        for block in blocks.dropFirst() {
            let lines = Self.lines(block)
            let isThere = code.indices.contains { code[$0...].starts(with: lines) }
            #expect(isThere, "\(block)")
        }
    }

    private static func lines(_ text: String) -> [String] {
        text.components(separatedBy: "\n").map { line in
            var line = line.trimmingCharacters(in: .whitespaces)
            if line.hasPrefix("private ") { line.removeFirst("private ".count) }
            return line
        }.filter { !$0.isEmpty }
    }

    @Test("Keys")
    func keys() async throws {
        try await withSpaces { orders in
            let customer = 7
            try await orders.put(KeyTuple("order", customer, 17), "pending")
            let status = try await orders.get(KeyTuple("order", customer, 17))

            for try await entry in orders.entries(.partial("order", customer), reversed: true, limit: 10) {
                let key = try KeyTuple<String, Int, Int>(encodedKey: entry.key)
                print(key.parts.2, String(decoding: entry.value, as: UTF8.self))
            }
            #expect(status == Array("pending".utf8))
        }
        let ofCustomer = KeyRange.partial("order", 7)  // ("order", 7) and all that goes on from it
        let some = KeyRange.partial("order", 7, in: 100..<200)  // the next part is within bounds
        let upTo = KeyRange.partial("order", 7, in: ...200)
        let named = KeyRange.partial("name", beginningWith: "Ad")  // the next part is text that begins so
        for range in [ofCustomer, some, upTo] { #expect(range.contains(KeyTuple("order", 7, 150))) }
        #expect(named.contains(KeyTuple("name", "Ada")))
        let key = OrderKey(customer: 7, placed: Timestamp(nanoseconds: 5))
        #expect(try OrderKey(encodedKey: key.encodedKey) == key)
    }

    @Test("Tables")
    func tables() async throws {
        let byEmail = TableIndex<UUID, Account, String>("email", isUnique: true) { $0.email }
        let byTag = TableIndex<UUID, Account, String>("tag", each: { $0.tags })
        let accounts = Table("accounts", key: UUID.self, value: .json(Account.self), indexes: [byEmail, byTag])
        let log = Table("log", key: Int.self, value: .text)
        let (id, account) = (UUID(), Account(email: "ada@example.org", tags: []))
        let events = ["a", "b"]
        try await withSpaces { space in
            try await accounts.prepareIndexes(in: space)
            try await accounts.put(id, account, in: space)
            let found = try await accounts.get(id, in: space)
            let byMail = try await accounts.first(byEmail, "ada@example.org", in: space)
            for try await row in accounts.rows(byTag, .partial("admin"), in: space) { print(row.value.email) }
            #expect(found == account)
            #expect(byMail?.key == id)

            let first = try await accounts.page(limit: 20, in: space)
            let token = first.next.map(\.description)
            let second = try await accounts.page(after: token.flatMap { PageToken($0) }, limit: 20, in: space)
            #expect(second.rows.count == 1)

            try await space.withTransaction { txn in
                guard var account = try await accounts.get(id, in: txn) else { return }
                account.tags.append("admin")
                try await accounts.put(id, account, in: txn)
            }
            try await space.write { batch in
                for (number, event) in events.enumerated() { try log.put(number, event, in: &batch) }
            }
            #expect(try await log.page(limit: 9, in: space).rows.map(\.value) == events)
            let admins = try await accounts.first(byTag, "admin", in: space)
            #expect(admins?.key == id)
        }
        let coder = VersionedCoder(1, .json(AccountV1.self))
            .then(2, .json(Account.self)) { old in Account(email: old.email, tags: []) }
        let old = [1] + Array(#"{"email":"ada@example.org"}"#.utf8)
        #expect(try coder.decode(old.span.bytes) == account)
    }
}
