import Foundation
import KVStore
import SystemPackage
import Testing

@Suite("Verifying reads everything")
struct VerificationTests {
    private func files(_ store: Store, _ suffix: String) throws -> [FilePath] {
        let folder = store.path.database()
        return try names(folder).filter { $0.hasSuffix(suffix) }.map { folder.appending($0) }
    }

    private func fill(_ namespace: Namespace) throws {
        try namespace.write { batch in
            for number in 0..<2000 { batch.put("key/\(number)", String(repeating: "value", count: 20)) }
        }
    }

    @Test("Of an undamaged store it tells what it has read")
    func undamaged() async throws {
        try await withTemporaryStore { store, namespace in
            try fill(namespace)
            try await namespace.flush()
            try await namespace.put("in the log", "value")
            try await namespace.put("unlogged", "value", durability: .unlogged)
            try await store.metadata.put("setting", "value")
            let part = try #require(try await namespace.verify().parts.first)
            #expect(part.namespace == "test")
            #expect(part.entries == 2001)
            #expect(part.tableFiles == 1)
            #expect(part.tableBytes.bytes > 1000)
            #expect(part.entryBytes.bytes > 200_000)
            let all = try await store.verify()
            #expect(all.parts.map(\.namespace) == ["metadata", "test"])
            #expect(all.entries > 2002)
            #expect(all.tableFiles >= 1)
        }
    }

    @Test(
        "A damaged byte in any of many places of the data is found, though the cache has the block",
        arguments: 0..<8)
    func damagedTable(_ tenth: Int) throws {
        try withTemporaryStore { store, namespace in
            try fill(namespace)
            try namespace.flush()
            #expect(try texts(namespace).count == 2000)
            let file = try #require(try files(store, ".sst").first)
            let size = try FileManager.default.attributesOfItem(atPath: file.string)[.size] as? Int ?? 0
            try damage(file, at: size * tenth / 10 + 5)
            for body in [{ try namespace.verify() }, { try store.verify() }] {
                let error = expectCode(.corruption, body)
                #expect(error?.namespace == "test")
                #expect(error?.path == file)
                #expect(error?.engineMessage != nil)
                #expect(error?.description.contains("value") == false)
            }
            // The block that the cache has is still good.
            #expect(try texts(namespace).count == 2000)
        }
    }

    @Test("A damaged log is found, which recovery would take for one that ends early")
    func damagedLog() throws {
        try withTemporaryStore { store, namespace in
            for number in 0..<100 { try namespace.put("\(number)", String(repeating: "value", count: 20)) }
            let file = try #require(try files(store, ".log").last)
            try damage(file, at: 5_000)
            let error = expectCode(.corruption) { try namespace.verify() }
            #expect(error?.namespace == "test")
            #expect(try texts(namespace).count == 100)
        }
    }

    @Test("A table file that is gone is found")
    func missingTable() throws {
        try withTemporaryStore { store, namespace in
            try fill(namespace)
            try namespace.flush()
            let file = try #require(try files(store, ".sst").first)
            try FileManager.default.moveItem(atPath: file.string, toPath: file.string + ".away")
            let error = expectCode(.corruption) { try namespace.verify() }
            #expect(error?.path == file, "\(String(describing: error))")
            try FileManager.default.moveItem(atPath: file.string + ".away", toPath: file.string)
            #expect(try namespace.verify().entries == 2000)
        }
    }

    @Test("Writes and compactions go on meanwhile, and a reader can verify too")
    func besideWrites() throws {
        try withTemporaryStore { store, namespace in
            try fill(namespace)
            let stop = Flag()
            let writer = RunningThread {
                while !stop.isSet {
                    try namespace.write { batch in for number in 0..<200 { batch.put("key/\(number)", "changed") } }
                    try namespace.flush()
                    try namespace.compact()
                }
            }
            for _ in 0..<10 { #expect(try namespace.verify().entries == 2000) }
            stop.set()
            try writer.get()
            let entries = try withOpenStore(store.path, .tiny(.readOnly)) { try $0.namespace("test").verify().entries }
            #expect(entries == 2000)
        }
    }

    @Test("Of many namespaces each is read, one that was dropped is left out, and the one with the damage is named")
    func manyNamespaces() throws {
        try withTemporaryStore { store, namespace in
            let tenants = (0..<300).map { String(format: "tenant/%03d", $0) }
            for (number, name) in tenants.enumerated() {
                let tenant = try store.createNamespace(name)
                try tenant.write { batch in for key in 0...number % 7 { batch.put("\(key)", name) } }
            }
            try store.dropNamespace(tenants[100])
            let expected = tenants.enumerated().filter { $0.offset != 100 }.map { ($0.element, $0.offset % 7 + 1) }
            let parts = try store.verify().parts.filter { $0.namespace.hasPrefix("tenant/") }
            #expect(parts.map(\.namespace) == expected.map(\.0))
            #expect(parts.map(\.entries) == expected.map(\.1))

            let damaged = try store.namespace(tenants[280])
            try fill(damaged)
            try damaged.flush()
            let folder = store.path.database(of: try #require(try store.namespaces(prefix: tenants[280]).first).id)
            let file = try #require(try names(folder).filter { $0.hasSuffix(".sst") }.last)
            try damage(folder.appending(file), at: 20_000)
            let error = expectCode(.corruption) { try store.verify() }
            #expect(error?.namespace == tenants[280])
            #expect(error?.path == folder.appending(file))
        }
    }

    @Test("A namespace that is dropped while it is verified")
    func droppedMeanwhile() throws {
        try withTemporaryStore { store, namespace in
            let stop = Flag()
            let churner = RunningThread {
                while !stop.isSet {
                    try store.createNamespace("brief").put("key", "value")
                    try store.dropNamespace("brief")
                }
            }
            for _ in 0..<30 {
                #expect(try store.verify().parts.map(\.namespace).contains("test"))
                do {
                    _ = try store.namespace("brief").verify()
                } catch let error as StoreError {
                    #expect(error.code == .namespaceNotFound)
                }
            }
            stop.set()
            try churner.get()
        }
    }
}
