import Foundation
import KVStore
import SystemPackage
import Testing

@Suite("What stands in the place of a store's file is refused, not waited for, followed or read without end")
struct UnreadableFileTests {
    /// The store's files that are read when it is opened and used.
    static let files = ["STORE", "metadata/CURRENT", "metadata/IDENTITY", "CURRENT", "IDENTITY"]

    private func withDamagedStore(
        _ file: String, _ damage: (FilePath) throws -> Void, _ body: (FilePath) throws -> Void
    )
        throws
    {
        try withTemporaryFolder { folder in
            let path = folder.appending("store")
            try withStore(at: path) { try $0.createNamespace("orders").put("key", "value") }
            let place = file.contains("/") || file == "STORE" || file == "LOCK" ? path : path.database()
            try damage(place.appending(file))
            try body(path)
        }
    }

    /// Opens the store and reads the key.
    private func read(_ path: FilePath, _ access: StoreConfiguration.Access = .readWrite) -> (any Error)? {
        let outcome = inTime {
            let store = try Store.open(at: path, configuration: .tiny(access))
            defer { try? store.close() }
            _ = try store.namespace("orders").get("key")
        }
        guard case .failure(let error) = outcome else { return nil }
        return error
    }

    @Test("A pipe, a folder, a link or a device in its place", arguments: files, InTheWay.allCases)
    func inTheWay(_ file: String, _ thing: InTheWay) throws {
        try withDamagedStore(file, thing.take) { path in
            // What reads is the same for all of them.
            for access in thing == .pipe ? [StoreConfiguration.Access.readWrite, .readOnly, .follower] : [.readWrite] {
                let error = read(path, access) as? StoreError
                #expect(error?.code == .corruption, "\(String(describing: error))")
                let named = file.split(separator: "/").last ?? ""
                #expect(error?.path?.lastComponent?.string == String(named), "\(String(describing: error))")
            }
        }
    }

    @Test("A pipe, a folder or a link in the place of the lock", arguments: InTheWay.allCases)
    func lock(_ thing: InTheWay) throws {
        try withDamagedStore("LOCK", thing.take) { path in
            let error = read(path) as? StoreError
            #expect(error?.code == .corruption, "\(String(describing: error))")
            #expect(error?.path == path.appending("LOCK"))
            #expect(!path.pushing(InTheWay.missing).exists)
        }
    }

    @Test("A file of 3 GiB where a few lines belong", arguments: files)
    func tooLarge(_ file: String) throws {
        try withDamagedStore(file, { grow($0, to: 3 << 30) }) { path in
            let error = read(path) as? StoreError
            #expect(error?.code == .corruption, "\(String(describing: error))")
            #expect(error?.message.contains("too large") == true, "\(String(describing: error))")
        }
    }

    @Test("A pipe or a link among the files of a database", arguments: [InTheWay.pipe, .link, .danglingLink])
    func amongTables(_ thing: InTheWay) throws {
        for place in [FilePath("metadata"), FilePath("").database()] {
            try withTemporaryFolder { folder in
                let path = folder.appending("store")
                try withStore(at: path) { store in
                    try store.createNamespace("orders").put("key", "value")
                    try store.namespace("orders").flush()
                    try store.metadata.put("key", "value")
                    try store.metadata.flush()
                }
                let database = path.appending(place.string)
                let table = try #require(try database.names().first { $0.hasSuffix(".sst") })
                try thing.take(database.appending(table))
                let error = read(path) as? StoreError
                #expect(error?.code == .corruption, "\(String(describing: error))")
                #expect(error?.path == database.appending(table), "\(String(describing: error))")
            }
        }
    }

    @Test(
        "They are neither copied into a checkpoint or a backup nor make a repair wait",
        arguments: [InTheWay.pipe, .link])
    func copies(_ thing: InTheWay) throws {
        try withDamagedStore("IDENTITY", thing.take) { path in
            let target = path.removingLastComponent()
            let outcome = inTime {
                let store = try Store.open(at: path, configuration: .tiny)
                defer { try? store.close() }
                expectCode(.corruption) { try store.checkpoint(to: target.appending("checkpoint")) }
                expectCode(.corruption) { try store.backup(to: target.appending("backups")) }
            }
            #expect(outcome != nil)
            guard Store.Layout.underTest == .separateDatabases else { return }
            let report = inTime { try Store.repair(at: path, to: target.appending("repaired"), configuration: .tiny) }
            let orders = try report?.get().parts.first { $0.namespace == "orders" }
            #expect(orders?.entries == 1)
            #expect(orders?.outcome != .intact)
            #expect(orders?.unusableFiles == ["IDENTITY"])
        }
    }

    @Test("A store whose STORE file became a link to nothing is not made anew over its data")
    func lostIdentity() throws {
        try withDamagedStore("STORE", InTheWay.danglingLink.take) { path in
            let before = try content(of: path)
            _ = read(path)
            _ = read(path, .readOnly)
            #expect(try content(of: path) == before)
        }
    }
}
