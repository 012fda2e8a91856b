import Foundation
import KVStore
import SystemPackage
import Testing

@testable import KVStore

@Suite("Dropping a namespace that is being read")
struct NamespaceDropTests {
    @Test("A cursor keeps what it points at; the files go when it has ended", .only(.separateDatabases))
    func cursor() throws {
        try withTemporaryFolder { folder in
            try withStore(at: folder) { (store) throws in
                let namespace = try store.createNamespace("orders")
                try namespace.write { for number in 0..<100 { $0.put("key/\(number)", "value") } }
                var cursor = try namespace.cursor()
                #expect(try cursor.next())
                try store.dropNamespace("orders")
                // What the cursor stands at can still be read; moving on is refused.
                #expect(Array(cursor.key) == "key/0".bytes)
                #expect(Array(cursor.value) == "value".bytes)
                expectError(.namespaceNotFound, "the namespace was dropped") { try cursor.next() }
                #expect(try folder.columnFamilies() == ["1"])
                expectError(.namespaceNotFound) { try store.namespace("orders") }
                // The name is free, and its new owner has files of its own.
                try store.createNamespace("orders").put("key", "new")
                #expect(try folder.columnFamilies().contains("1"))
                #expect(try store.catalog.unfinishedDrops().count == 1)
                cursor = try store.namespace("orders").cursor()
                #expect(try eventually { try store.catalog.unfinishedDrops().isEmpty })
                #expect(try folder.columnFamilies() == ["2"])
            }
            try withStore(at: folder) { (store) throws in
                #expect(try folder.columnFamilies() == ["2"])
                #expect(try store.namespace("orders").entries().collect().map(\.value) == ["new".bytes])
            }
        }
    }

    @Test(
        "What still reads it when the store is closed leaves its files to the next opening", .only(.separateDatabases))
    func closing() throws {
        try withTemporaryFolder { folder in
            let files = folder.appending("namespaces/1")
            try readOverTheEnd(of: folder)
            #expect(files.exists)
            try withStore(at: folder) { (store) throws in
                #expect(try store.namespaces().isEmpty)
                #expect(try eventually { try store.catalog.unfinishedDrops().isEmpty })
                #expect(try folder.columnFamilies() == [])
            }
        }
    }

    private func readOverTheEnd(of folder: FilePath) throws {
        let store = try Store.open(at: folder, configuration: .tiny)
        let namespace = try store.createNamespace("orders")
        try namespace.put("key", "value")
        try namespace.flush()
        guard let value = try namespace.pinned("key") else { throw NoValue() }
        try store.dropNamespace("orders")
        try store.close()
        #expect(Array(value.bytes) == "value".bytes)
    }

    @Test("It returns while a call is inside; the files go when that has ended")
    func runningCall() throws {
        try withTemporaryFolder { folder in
            try withStore(at: folder) { (store) throws in
                let orders = try store.createNamespace("orders")
                let (entered, goesOn) = (Flag(), Flag())
                let call = RunningThread {
                    try orders.slot.withColumnFamily(.get) { (_) throws(EngineFailure) in
                        entered.set()
                        while !goesOn.isSet { usleep(1000) }
                    }
                }
                #expect(eventually { entered.isSet })
                try store.dropNamespace("orders")
                expectError(.namespaceNotFound) { try orders.get("key") }
                try store.createNamespace("orders").put("key", "new")
                #expect(try folder.columnFamilies().contains("1"))
                goesOn.set()
                try call.get()
                #expect(try eventually { try folder.columnFamilies() == ["2"] })
            }
        }
    }

    @Test("Many that are dropped at once are gone from disk soon, and the catalog has forgotten them")
    func many() throws {
        try withTemporaryFolder { folder in
            try withStore(at: folder) { (store) throws in
                for number in 0..<20 { try store.createNamespace("n\(number)").put("key", "value") }
                for number in 0..<20 { try store.dropNamespace("n\(number)") }
                #expect(try store.namespaces().isEmpty)
                #expect(try eventually { try store.catalog.unfinishedDrops().isEmpty })
                #expect(try folder.columnFamilies() == [])
            }
        }
    }

    @Test("A pinned value stays readable")
    func pinnedValue() throws {
        try withTemporaryStore { store, namespace in
            try namespace.put("key", "value")
            try namespace.flush()
            guard let value = try namespace.pinned("key") else { throw NoValue() }
            try store.dropNamespace("test")
            #expect(Array(value.bytes) == "value".bytes)
        }
    }

    @Test("Threads that use it while it is dropped and made again get an answer or are told that it was dropped")
    func concurrent() throws {
        try withTemporaryStore { store, _ in
            let stop = Flag()
            let answered = (0..<4).map { _ in Flag() }
            let users = (0..<4).map { thread in
                RunningThread {
                    defer { answered[thread].set() }
                    while !stop.isSet {
                        do {
                            let namespace = try store.namespace("busy", createIfMissing: true)
                            try namespace.put("key/\(thread)", "value")
                            if let value = try namespace.get("key/\(thread)") { #expect(value == "value".bytes) }
                            _ = try namespace.entries().collect()
                            answered[thread].set()
                        } catch let error as StoreError where error.code == .namespaceNotFound {}
                    }
                }
            }
            // However slow the machine is, each of them has an answer in the end: once they are left alone.
            for _ in 0..<10 {
                do {
                    try store.dropNamespace("busy")
                } catch let error as StoreError where error.code == .namespaceNotFound {}
                usleep(5_000)
            }
            #expect(eventually { answered.allSatisfy(\.isSet) })
            stop.set()
            for user in users { try user.get() }
            #expect(try store.namespaces().filter { $0.name == "busy" }.count <= 1)
        }
    }
}
