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

private struct Job: Codable {
    var payload: String
    var readyAt: Date
}

private struct Chore: Codable {
    var isDone: Bool
    var due: Date
}

private struct BadRequest: Error {}

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
        let early = KeyRange.partial(in: ...200)  // no part before: the first is within bounds
        #expect(early.contains(KeyTuple(200, "a")) && !early.contains(KeyTuple(201)))
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
        try await withStores { store in
            let space = try await store.namespace("app", createIfMissing: true)
            try await accounts.prepareIndexes(in: space)
            try await accounts.put(id, account, in: space, durability: .synced)
            let found = try await accounts.get(id, in: space)
            let byMail = try await accounts.first(byEmail, "ada@example.org", in: space)
            for try await row in accounts.rows(byTag, .partial("admin"), in: space) { print(row.value.email) }
            #expect(found == account)
            #expect(byMail?.key == id)

            let newest = try await log.rows(reversed: true, limit: 1, in: space).collect().first
            let some = try await log.rows(.partial(in: 10..<20), in: space).collect()
            let admins = try await accounts.rows(byTag, .partial("admin"), in: space).collect()
            print(newest?.value ?? "none", some.map(\.key), admins.map(\.value.email))
            #expect(newest == nil && some.isEmpty && admins.isEmpty)

            try await accounts.put(UUID(), Account(email: "bob@example.org", tags: ["admin"]), in: space)
            try await accounts.put(UUID(), Account(email: "cyd@example.org", tags: ["admin"]), in: space)
            let first = try await accounts.page(limit: 20, in: space)
            for (key, account) in first.rows { print(key, account.email) }
            let text = first.next?.description
            #expect(first.rows.count == 3 && text == nil)
            let begun = try await accounts.page(limit: 1, in: space)
            try await goOn(try #require(begun.next?.description))
            func goOn(_ text: String) async throws {
                guard let token = PageToken(text) else { throw BadRequest() }
                let second = try await accounts.page(after: token, limit: 20, in: space)
                let tagged = try await accounts.page(byTag, .partial("admin"), reversed: true, limit: 20, in: space)
                #expect(second.rows.count == 2)
                #expect(tagged.rows.map(\.value.tags) == [["admin"], ["admin"]])
            }

            try await space.withTransaction { txn in
                guard var account = try await accounts.get(id, in: txn) else { return }
                account.tags.append("admin")
                try await accounts.put(id, account, in: txn)
            }
            try await space.write { batch in
                for (number, event) in events.enumerated() { try log.put(number, event, in: &batch) }
            }
            #expect(try await log.page(limit: 9, in: space).rows.map(\.value) == events)
            #expect(try await accounts.get(id, in: space)?.tags == ["admin"])

            let number = try await space.update { update in
                let number = (try log.rows(reversed: true, limit: 1, in: &update).first?.key ?? 0) + 1
                try log.put(number, "signed in", in: &update)
                return number
            }
            #expect(number == 2)
        }
        let coder = VersionedCoder(1, .json(AccountV1.self))
            .then(2, .json(Account.self)) { old in Account(email: old.email, tags: []) }
        let byDue = TableIndex<Int, Chore, Date>("due") { $0.isDone ? nil : $0.due }
        #expect(byDue.name == "due")
        let old = [1] + Array(#"{"email":"ada@example.org"}"#.utf8)
        #expect(try coder.decode(old.span.bytes) == account)
    }

    @Test("On threads")
    func onThreads() async throws {
        let byEmail = TableIndex<UUID, Account, String>("email", isUnique: true) { $0.email }
        let byTag = TableIndex<UUID, Account, String>("tag", each: { $0.tags })
        let accounts = Table("accounts", key: UUID.self, value: .json(Account.self), indexes: [byEmail, byTag])
        let (id, account) = (UUID(), Account(email: "ada@example.org", tags: ["admin"]))
        func useTables(_ space: Namespace) throws {
            try space.update { update in try accounts.put(id, account, in: &update) }
            let same = try accounts.get(id, in: space)
            let byMail = try accounts.first(byEmail, "ada@example.org", in: space)
            let all = try accounts.rows(in: space).collect()
            let page = try accounts.page(byTag, .partial("admin"), limit: 20, in: space)
            #expect(same == account && byMail?.key == id)
            #expect(all.map(\.key) == [id] && page.rows.map(\.key) == [id])
        }
        try await withSpaces { space in
            try await accounts.prepareIndexes(in: space)
            try useTables(space)
        }
    }

    @Test("A queue in an update, and what a commit did to a table")
    func updates() async throws {
        let byTime = TableIndex<Int, Job, Date>("time") { $0.readyAt }
        let jobs = Table("jobs", key: Int.self, value: .json(Job.self), indexes: [byTime])
        let log = Table("log", key: Int.self, value: .text)
        try await withStores { store in
            let options = NamespaceOptions(changes: ChangeRetention())
            let space = try await store.namespace("app", createIfMissing: true, options: options)
            let consumer = try await space.consumer("printer", startingAfter: 0)
            try await jobs.prepareIndexes(in: space)
            let now = Date()
            try await jobs.put(7, Job(payload: "mail", readyAt: now), in: space)
            for expected in [7, nil] {
                let taken: Int? = try await space.update(durability: .synced) { update in
                    let due = try jobs.rows(byTime, .partial(in: ...now), limit: 1, in: &update)
                    guard let next = due.first else { return nil }
                    try jobs.put(next.key, Job(payload: next.value.payload, readyAt: now + 30), in: &update)
                    return next.key
                }
                #expect(taken == expected)
            }
            try await log.put(1, "taken", in: space)
            try await withThrowingTaskGroup { group in
                group.addTask {
                    for try await change in consumer.changes() {
                        for case .put(let number, let event) in try log.changes(in: change) { print(number, event) }
                        try await consumer.acknowledge(change.sequence)
                    }
                }
                let last = try await space.latestSequence()
                while try await consumer.position() < last {
                    try await Task.sleep(for: .milliseconds(10))
                }
                group.cancelAll()
            }
        }
    }
}
