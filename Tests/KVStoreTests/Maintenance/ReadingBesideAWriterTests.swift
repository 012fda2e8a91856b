import Foundation
import KVStore
import SystemPackage
import Testing

@Suite("Reading beside a writer")
struct ReadingBesideAWriterTests {
    static let kinds: [StoreConfiguration.Access] = [.readOnly, .follower]

    @Test("A reader sees files and logs, and changes nothing in the folder", arguments: kinds)
    func reads(_ access: StoreConfiguration.Access) throws {
        // The writer's own background work would change the folder.
        var quiet = StoreConfiguration.tiny
        quiet.walSyncInterval = nil
        try withTemporaryStore(quiet) { store, namespace in
            try namespace.put("file", "1")
            try namespace.put("gone", "1")
            try namespace.flush()
            try namespace.put("log", "2")
            try namespace.deleteRange(KeyRange("gone"..<"gone~"))
            try store.metadata.put("setting", "3")
            try store.sync()
            let before = try listing(store.path)
            try withOpenStore(store.path, .tiny(access)) { reader in
                let copy = try reader.namespace("test")
                #expect(try texts(copy) == ["file": "1", "log": "2"])
                #expect(try copy.get("log") == Array("2".utf8))
                #expect(try copy.getMany(["file", "log", "gone"]).map { $0 != nil } == [true, true, false])
                #expect(try copy.withValue(for: "file") { $0.byteCount } == 1)
                #expect(try !copy.contains("gone"))
                #expect(try copy.entries(reversed: true).collect().count == 2)
                #expect(try texts(reader.metadata) == ["setting": "3"])
                #expect(reader.durabilityLag == .none)
                #expect(try reader.namespaces().map(\.name) == ["test"])
                #expect(try copy.snapshot().contains("log"))
            }
            #expect(try listing(store.path) == before)
        }
    }

    @Test("Whatever would write is refused", arguments: kinds)
    func refusals(_ access: StoreConfiguration.Access) throws {
        try withTemporaryStore { store, namespace in
            try namespace.put("key", "value")
            let before = try names(store.path)
            try withOpenStore(store.path, .tiny(access)) { reader in
                let copy = try reader.namespace("test")
                let errors = [
                    expectCode(.readOnly) { try copy.put("a", "b") },
                    expectCode(.readOnly) { try copy.delete("a") },
                    expectCode(.readOnly) { try copy.deleteRange(KeyRange("a"..<"b")) },
                    expectCode(.readOnly) { try copy.write { $0.put("a", "b") } },
                    expectCode(.readOnly) { try copy.update { $0.put("a", "b") } },
                    expectCode(.readOnly) { try copy.ingest([(key: "a", value: "b")]) },
                    expectCode(.readOnly) { try copy.transaction { try $0.put("a", "b") } },
                    expectCode(.readOnly) { try copy.deleteRange(.all) },
                    expectCode(.readOnly) { try copy.sync() },
                    expectCode(.readOnly) { try copy.flush() },
                    expectCode(.readOnly) { try copy.compact() },
                    expectCode(.readOnly) { try reader.metadata.put("a", "b") },
                    expectCode(.readOnly) { try reader.createNamespace("new") },
                    expectCode(.readOnly) { try reader.namespace("new", createIfMissing: true) },
                    expectCode(.readOnly) { try reader.dropNamespace("test") },
                    expectCode(.readOnly) {
                        try reader.checkpoint(to: store.path.removingLastComponent().appending("c"))
                    },
                    expectCode(.readOnly) {
                        try reader.backup(to: store.path.removingLastComponent().appending("b"))
                    },
                ]
                #expect(errors.allSatisfy { $0?.message.contains("reading only") == true })
                #expect(try texts(copy) == ["key": "value"])
                #expect(try names(store.path) == before)
                #expect(try !names(store.path.database()).contains("ingest"))
                #expect(try names(store.path.removingLastComponent()) == ["store"])
            }
            expectCode(.invalidArgument) { try store.catchUp() }
        }
    }

    @Test("Only a store that is there can be read", arguments: kinds)
    func noStore(_ access: StoreConfiguration.Access) throws {
        try withTemporaryFolder { folder in
            expectCode(.notAStore) { try Store.open(at: folder.appending("none"), configuration: .tiny(access)) }
            expectCode(.notAStore) { try Store.open(at: folder, configuration: .tiny(access)) }
            let left = try names(folder)
            #expect(left.isEmpty)
        }
    }

    @Test("A read-only handle stays where it was until it is reopened")
    func staysBehind() throws {
        try withTemporaryStore { store, namespace in
            try namespace.put("a", "1")
            try withOpenStore(store.path, .tiny(.readOnly)) { reader in
                let copy = try reader.namespace("test")
                #expect(try texts(copy) == ["a": "1"])
                try namespace.put("b", "2")
                try namespace.flush()
                try namespace.compact()
                try store.createNamespace("later")
                #expect(try texts(copy) == ["a": "1"])
                expectCode(.namespaceNotFound) { try reader.namespace("later") }
                try copy.reopen()
                #expect(try texts(copy) == ["a": "1", "b": "2"])
                try reader.metadata.reopen()
                #expect(try reader.namespaces().count == 2)
                _ = try texts(reader.namespace("later"))
            }
        }
    }

    @Test("A follower sees commits, new and dropped namespaces after catching up")
    func follows() throws {
        try withTemporaryStore { store, namespace in
            try withOpenStore(store.path, .tiny(.follower)) { follower in
                let copy = try follower.namespace("test")
                #expect(try texts(copy) == [:])
                try namespace.put("a", "1")
                try store.metadata.put("setting", "1")
                try store.createNamespace("new").put("x", "y")
                #expect(try texts(copy) == [:])
                expectCode(.namespaceNotFound) { try follower.namespace("new") }
                var cursor = try copy.cursor()
                try follower.catchUp()
                #expect(try !cursor.next())
                #expect(try texts(copy) == ["a": "1"])
                #expect(try texts(follower.metadata) == ["setting": "1"])
                let new = try follower.namespace("new")
                #expect(try texts(new) == ["x": "y"])

                try namespace.put("b", "2")
                try namespace.flush()
                try namespace.deleteRange(KeyRange("a"..<"b"))
                try namespace.compact()
                try store.dropNamespace("new")
                try follower.catchUp()
                #expect(try texts(copy) == ["b": "2"])
                #expect(follower.durabilityLag == .none)
                expectCode(.namespaceNotFound) { try new.get("x") }
                expectCode(.namespaceNotFound) { try follower.namespace("new") }

                try store.createNamespace("new").put("x", "another")
                try follower.catchUp()
                #expect(try texts(follower.namespace("new")) == ["x": "another"])
            }
        }
    }

    @Test("Readers of a store that another process writes see prefixes, without holes", arguments: kinds)
    func otherProcess(_ access: StoreConfiguration.Access) throws {
        try withTemporaryFolder { folder in
            let path = folder.appending("store")
            let child = try MaintenanceProcess("write", path.string)
            #expect(try child.line() == "writing")
            let reader = try Store.open(at: path, configuration: .tiny(access))
            let (first, second) = try (reader.namespace("first"), reader.namespace("second"))
            var last = 0
            for _ in 0..<15 {
                if access == .readOnly {
                    for namespace in [first, second] { try namespace.reopen() }
                } else {
                    try reader.catchUp()
                }
                for namespace in [first, second] {
                    let entries = try texts(namespace)
                    let number = try #require(Int(entries["number"] ?? ""))
                    #expect(entries.count == number + 1)
                    if namespace === first {
                        #expect(number >= last)
                        last = number
                    }
                }
            }
            #expect(last > 100)
            child.kill()
            try reader.close()
            let written = try withOpenStore(path) { try number($0.namespace("first")) }
            #expect(written >= last)
        }
    }

    @Test("Another process reads while this one writes", arguments: ["read", "follow"])
    func fromAnotherProcess(_ kind: String) throws {
        try withTemporaryStore { store, namespace in
            try namespace.write { batch in for number in 0..<100 { batch.put("\(number)", "v") } }
            #expect(try MaintenanceProcess(kind, store.path.string).lines() == ["test: 100", "end"])
            try namespace.put("more", "v")
        }
    }
}
