import KVStore
import SystemPackage
import Testing

@Suite("A store with one database is not repaired", .only(.singleDatabase))
struct RepairOfOneDatabaseTests {
    @Test("It says so and what to do instead, and leaves the store and the target alone", arguments: [false, true])
    func refused(isIdentityLost: Bool) throws {
        try withTemporaryFolder { folder in
            let path = folder.appending("store")
            try withOpenStore(path) { try $0.createNamespace("orders").put("key", "value") }
            if isIdentityLost { try damage(path.appending("STORE"), at: 0) }
            let before = try listing(path)
            expectError(
                .invalidArgument, "layout singleDatabase cannot be repaired", "restore it from a backup",
                "copy what can still be read", path.string
            ) {
                try Store.repair(at: path, to: folder.appending("repaired"), configuration: .tiny)
            }
            #expect(try names(folder) == ["store"])
            #expect(try listing(path) == before)
            // Nothing holds it.
            if !isIdentityLost {
                #expect(try withOpenStore(path) { try $0.namespace("orders").contains("key") })
            }
        }
    }
}
