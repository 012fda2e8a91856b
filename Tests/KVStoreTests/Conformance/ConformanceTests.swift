import KVStore
import KVStoreConformance
import Testing

/// The embedded store is what every backend must be.
@Suite("What every store must do")
struct ConformanceTests {
    @Test("The embedded store does it", arguments: Conformance<Store>.checks + Conformance<Store>.changeChecks)
    func embedded(_ check: ConformanceCheck<Store>) async throws {
        try await withTemporaryStore { (store, _) async throws in
            guard check.needs.isSubset(of: store.capabilities) else { return }
            try await check.run(in: store)
            #expect(try await store.spaceNames(prefix: "conformance-").isEmpty)
        }
    }
}
