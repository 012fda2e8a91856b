import Foundation
import KVStore
import SystemPackage
import Testing

@testable import KVStore

/// Each state is what a crash at one point leaves behind.
@Suite("Creating or dropping a namespace cut short by a crash")
struct NamespaceRecoveryTests {
    @Test("Noted, and no folder yet: it does not exist")
    func noFolder() throws {
        try withTemporaryFolder { folder in
            try withStore(at: folder) { _ = try $0.catalog.beginCreating("orders") }
            try withStore(at: folder) { (store) throws in
                #expect(try store.namespaces().isEmpty)
                #expect(try store.catalog.unfinishedCreations().isEmpty)
                try store.createNamespace("orders").put("key", "value")
                #expect(try store.namespaces().map(\.id) == [2])
            }
        }
    }

    @Test("A folder with half a database: it does not exist, and the folder is gone", .only(.separateDatabases))
    func halfFolder() throws {
        try withTemporaryFolder { folder in
            let files = folder.appending("namespaces/1")
            try withStore(at: folder) { (store) throws in
                _ = try store.catalog.beginCreating("orders")
                try files.makeFolder()
                try files.appending("MANIFEST-000001").write("half")
            }
            try withStore(at: folder) { (store) throws in
                #expect(try store.namespaces().isEmpty)
                #expect(!files.exists)
                expectError(.namespaceNotFound) { try store.namespace("orders") }
            }
        }
    }

    @Test("A whole database without its entry: it exists and is empty")
    func wholeFolder() throws {
        try withTemporaryFolder { folder in
            let path = folder.appending("store")
            try withStore(at: path) { (store) throws in
                _ = try store.storage.make(try store.catalog.beginCreating("orders"), .plain)
            }
            try withStore(at: path) { (store) throws in
                #expect(try store.namespaces().map(\.name) == ["orders"])
                #expect(try store.catalog.unfinishedCreations().isEmpty)
                try store.namespace("orders").put("key", "value")
            }
            #expect(try withStore(at: path) { try $0.namespace("orders").get("key") } == "value".bytes)
        }
    }

    @Test("A whole database whose name was taken meanwhile: the name stays with the one that has it")
    func nameTaken() throws {
        try withTemporaryFolder { folder in
            try withStore(at: folder) { (store) throws in
                try store.createNamespace("orders").put("key", "value")
                _ = try store.storage.make(try store.catalog.beginCreating("orders"), .plain)
            }
            #expect(try folder.columnFamilies() == ["1", "2"])
            try withStore(at: folder) { (store) throws in
                #expect(try store.namespaces().map(\.id) == [1])
                #expect(try store.namespace("orders").get("key") == "value".bytes)
                #expect(try folder.columnFamilies() == ["1"])
            }
        }
    }

    @Test("Dropped, and its folder still there: it does not exist, and the folder is gone")
    func droppedFolder() throws {
        try withTemporaryFolder { folder in
            try withStore(at: folder) { (store) throws in
                try store.createNamespace("orders").put("key", "value")
                try store.createNamespace("users").put("key", "value")
                try store.catalog.beginDropping(try #require(try store.catalog.find("orders", .dropNamespace)))
            }
            #expect(try folder.columnFamilies() == ["1", "2"])
            try withStore(at: folder) { (store) throws in
                #expect(try store.namespaces().map(\.name) == ["users"])
                #expect(try eventually { try store.catalog.unfinishedDrops().isEmpty })
                #expect(try folder.columnFamilies() == ["2"])
                #expect(try store.namespace("users").get("key") == "value".bytes)
            }
        }
    }

    @Test("Dropped, and its folder gone already: nothing is left to do")
    func droppedWithoutFolder() throws {
        try withTemporaryFolder { folder in
            try withStore(at: folder) { (store) throws in
                try store.createNamespace("orders")
                let record = try #require(try store.catalog.find("orders", .dropNamespace))
                try store.catalog.beginDropping(record)
                try store.storage.remove(record.id, .dropNamespace)
            }
            #expect(try folder.columnFamilies() == [])
            try withStore(at: folder) { (store) throws in
                #expect(try store.namespaces().isEmpty)
                #expect(try eventually { try store.catalog.unfinishedDrops().isEmpty })
            }
        }
    }

    @Test("Folders that the catalog knows nothing of are left alone")
    func foreignFolder() throws {
        try withTemporaryFolder { folder in
            try withStore(at: folder) { _ = try $0.createNamespace("orders") }
            try folder.appending("namespaces/99").makeFolder()
            try folder.appending("namespaces/99/precious").write("data")
            try withStore(at: folder) {
                #expect(try $0.namespaces().count == 1); try $0.sync()
            }
            #expect(try folder.appending("namespaces/99/precious").read() == "data".bytes)
        }
    }

    @Test("An entry of the catalog that cannot be read is reported as damage")
    func damagedEntry() throws {
        try withTemporaryFolder { folder in
            try withStore(at: folder) { (store) throws in
                try store.createNamespace("orders")
                try store.catalogSlot.withColumnFamily(.put) { (columnFamily) throws(EngineFailure) in
                    var batch = WriteBatch()
                    batch.put("namespace/orders", "{")
                    _ = try columnFamily.write(batch, .synced)
                }
            }
            expectError(.corruption, "an entry of the catalog cannot be read", "restore the metadata database") {
                try withStore(at: folder) { (store) throws in
                    try store.createNamespace("another")
                    _ = try store.namespace("orders")
                }
            }
        }
    }
}
