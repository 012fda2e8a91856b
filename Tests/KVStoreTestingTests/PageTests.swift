import KVStore
import KVStoreTesting
import Testing

/// The code of docs/testing.md, as it stands there.
@Suite("The code of the page about testing does what its text says")
struct PageTests {
    @Test("A store for each test")
    func stores() throws {
        try withTemporaryStore { store in
            let orders = try store.createNamespace("orders")
            try orders.put("order/1", "pending")
        }
    }

    @Test("A clock that is moved")
    func clock() throws {
        let clock = ManualClock()
        try withTemporaryStore(.small.with(clock)) { store in
            let options = NamespaceOptions(timeToLive: .seconds(60))
            let sessions = try store.createNamespace("sessions", options: options)
            try sessions.put("token", "user 7")
            clock.advance(by: .seconds(61))
            #expect(try sessions.get("token") == nil)
        }
    }

    @Test("Faults, and the checks of a backend")
    func faults() async throws {
        try await withTemporaryStore(in: .memory) { base in
            var (pending, paid) = (WriteBatch(), WriteBatch())
            pending.put("order/1", "pending")
            paid.put("order/1", "paid")

            let faults = Faults()
            let store = FaultyStore(base, faults)
            let orders = try await store.createSpace("orders")
            faults.fail(.commit, at: 2, with: .ioError, outcome: .done)
            try await orders.commit(pending)
            do {
                try await orders.commit(paid)
            } catch let error as StoreError where error.code == .ioError {
                // Its outcome is unknown: read before it is tried again.
                print("paid already:", try await orders.get("order/1") == Array("paid".utf8))
            }
            #expect(try await orders.get("order/1") == Array("paid".utf8))

            for check in Conformance<FaultyStore<Store>>.checks where check.needs.isSubset(of: store.capabilities) {
                try await check.run(in: store)
            }
        }
    }
}
