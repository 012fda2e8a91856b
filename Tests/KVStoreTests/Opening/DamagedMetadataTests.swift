import Foundation
import KVStore
import SystemPackage
import Testing

@Suite("A damaged metadata database is refused, or does no harm")
struct DamagedMetadataTests {
    /// A store in which every kind of entry of the catalog decides something, as it is when it is closed and when it is
    /// killed.
    private func withStores(_ body: (_ closed: FilePath, _ killed: FilePath) throws -> Void) throws {
        try withTemporaryFolder { folder in
            let (path, killed) = (folder.appending("store"), folder.appending("killed"))
            let store = try Store.open(at: path, configuration: .tiny)
            try store.metadata.put("setting/0", "value")
            for name in ["orders", "users", "dropped"] {
                let namespace = try store.createNamespace(name)
                for number in 10..<60 { try namespace.put("key/\(number)", "value") }
            }
            try store.namespace("orders").deleteRange(KeyRange(from: "key/10", to: "key/40"))
            try store.namespace("orders").flush()
            try store.renameNamespace("users", to: "people")
            try store.dropNamespace("dropped")
            try store.metadata.ingest([(key: "loaded", value: "value")])
            for number in 1..<10 { try store.metadata.put("setting/\(number)", "value") }
            try store.metadata.deleteRange(KeyRange(from: "setting/3", to: "setting/5"))
            // Until the files of what was dropped are gone, so that nothing changes while they are copied.
            for _ in 0..<2000 where try path.columnFamilies().count > 2 { usleep(5000) }
            // What a kill leaves is what is there now.
            try FileManager.default.copyItem(atPath: path.string, toPath: killed.string)
            try store.close()
            try body(path, killed)
        }
    }

    private func check(_ store: Store, _ comment: Comment) throws {
        #expect(try store.namespaces().map(\.name) == ["orders", "people"], comment)
        for name in ["orders", "people"] {
            let expected = (name == "orders" ? 40..<60 : 10..<60).map { "key/\($0)" }
            let namespace = try store.namespace(name)
            #expect(try texts(namespace).keys.sorted() == expected, comment)
            #expect(try namespace.contains("key/20") == (name == "people"), comment)
        }
        #expect(
            try texts(store.metadata).keys.sorted()
                == ["loaded"] + [0, 1, 2, 5, 6, 7, 8, 9].map { "setting/\($0)" }, comment)
    }

    private func files(_ store: FilePath, _ prefix: String, _ suffix: String = "") throws -> [FilePath] {
        let folder = store.appending("metadata")
        return try names(folder).filter { $0.hasPrefix(prefix) && $0.hasSuffix(suffix) }.map { folder.appending($0) }
    }

    /// Opens a store that was damaged: it is as it was, or it is refused and there are ways out.
    ///
    /// - Returns: whether it was refused.
    private func judge(_ path: FilePath, _ comment: Comment) throws -> Bool {
        do {
            try withStore(at: path) { store in
                _ = try store.verify()
                try check(store, comment)
            }
            return false
        } catch let error as StoreError {
            #expect(error.code == .corruption, "\(comment): \(error)")
            #expect(error.description.contains("metadata") || error.description.contains("METADATA"), "\(error)")
        }
        // Refused for a reader too, and again.
        for configuration in [StoreConfiguration.tiny(.readOnly), .tiny] {
            expectCode(.corruption) { try withStore(at: path, configuration) { _ in } }
        }
        if Store.Layout.underTest == .separateDatabases {
            let target = path.removingLastComponent().appending("repaired")
            try Store.repair(at: path, to: target, configuration: .tiny)
            try withStore(at: target) { store in
                for info in try store.namespaces() where info.name == "orders" {
                    #expect(try !store.namespace("orders").contains("key/20"), comment)
                }
            }
            try target.remove()
        }
        var accepting = StoreConfiguration.tiny
        accepting.acceptsDataLoss = true
        // A manifest or a table file that cannot be read at all is for a repair or a backup.
        guard let store = try? Store.open(at: path, configuration: accepting) else { return true }
        for info in try store.namespaces() where info.name == "orders" {
            #expect(try !store.namespace("orders").contains("key/20"), comment)
            #expect(try store.namespace("orders").entries().collect().count == 20, comment)
        }
        try store.createNamespace("new").put("key", "value")
        try store.close()
        return true
    }

    @Test("A bit of the log or the manifest is flipped, or they are cut, of a store that was closed or killed")
    func damage() throws {
        var random = SeededRandom(test: "Damage to the metadata database")
        let rounds = ProcessInfo.processInfo.environment["KVSTORE_DAMAGE_ROUNDS"].flatMap { Int($0) } ?? 40
        try withStores { closed, killed in
            var refused = 0
            for round in 0..<rounds {
                let source = round % 2 == 0 ? closed : killed
                let path = source.removingLastComponent().appending("damaged")
                try FileManager.default.copyItem(atPath: source.string, toPath: path.string)
                let logs = try files(path, "", ".log").filter { try size($0) > 0 }
                let found = try round % 3 == 2 ? files(path, "MANIFEST-") : logs
                let file = try #require(found.randomElement(using: &random))
                let place = Int.random(in: 0..<(try size(file)), using: &random)
                let cuts = Int.random(in: 0..<3, using: &random) == 0
                if cuts {
                    #expect(truncate(file.string, off_t(place)) == 0)
                } else {
                    let handle = try #require(FileHandle(forUpdatingAtPath: file.string))
                    try handle.seek(toOffset: UInt64(place))
                    let byte = try #require(try handle.read(upToCount: 1)?.first)
                    try handle.seek(toOffset: UInt64(place))
                    try handle.write(contentsOf: [byte ^ (1 << UInt8.random(in: 0..<8, using: &random))])
                    try handle.close()
                }
                let what = "\(round % 2 == 0 ? "closed" : "killed"), \(cuts ? "cut" : "flipped") at \(place) of \(file)"
                if try judge(path, "\(what)") { refused += 1 }
                try path.remove()
            }
            #expect(refused > rounds / 2)
        }
    }

    @Test("What says how much there was may be damaged in one of its places, or be missing as in an older store")
    func note() throws {
        try withStores { closed, _ in
            let file = closed.appending("METADATA")
            let whole = try file.read()
            for place in [3, 515] {
                var bytes = whole
                bytes[place] ^= 1
                try file.write(bytes)
                try withStore(at: closed) { try check($0, "a place of the note") }
            }
            var bytes = try file.read()
            bytes[3] ^= 1
            bytes[515] ^= 1
            try file.write(bytes)
            let error = expectCode(.corruption) { try withStore(at: closed) { _ in } }
            #expect(error?.path == file)
            var accepting = StoreConfiguration.tiny
            accepting.acceptsDataLoss = true
            try withStore(at: closed, accepting) { try check($0, "accepted") }
            try withStore(at: closed) { try check($0, "once is enough") }
            try file.remove()
            try withStore(at: closed) { try check($0, "an older store") }
        }
    }

    @Test("A list of namespaces that forgot one is an error when the store is opened")
    func forgottenNamespace() throws {
        try withTemporaryFolder { folder in
            let (path, older) = (folder.appending("store"), folder.appending("older"))
            try withStore(at: path) { try $0.createNamespace("first").put("key", "value") }
            try FileManager.default.copyItem(atPath: path.string, toPath: older.string)
            try withStore(at: path) { try $0.createNamespace("second").put("key", "value") }
            // The whole of an older catalog, with the note that belongs to it.
            for name in ["metadata", "METADATA"] {
                try path.appending(name).remove()
                try FileManager.default.moveItem(
                    atPath: older.appending(name).string, toPath: path.appending(name).string)
            }
            expectError(.corruption, "knows no namespace", "2") { try Store.open(at: path, configuration: .tiny) }
        }
    }

    @Test("Range deletions are looked for though an older catalog knows of none, in copies too")
    func forgottenRangeDeletions() throws {
        try withTemporaryFolder { folder in
            let (path, older) = (folder.appending("store"), folder.appending("older"))
            try withStore(at: path) { store in
                let namespace = try store.createNamespace("test")
                for number in 10..<60 { try namespace.put("key/\(number)", "value") }
            }
            try FileManager.default.copyItem(atPath: path.string, toPath: older.string)
            try withStore(at: path) { store in
                try store.namespace("test").deleteRange(KeyRange(from: "key/10", to: "key/40"))
                try store.checkpoint(to: folder.appending("checkpoint"))
                try store.backup(to: folder.appending("backups"))
            }
            try Store.restore(from: folder.appending("backups"), to: folder.appending("restored"))
            for name in ["store", "checkpoint", "restored"] {
                let path = folder.appending(name)
                try path.appending("metadata").remove()
                try FileManager.default.copyItem(
                    atPath: older.appending("metadata").string, toPath: path.appending("metadata").string)
                try? path.appending("METADATA").remove()
                try withStore(at: path) { store in
                    let namespace = try store.namespace("test")
                    #expect(try namespace.entries().collect().count == 20, "\(name)")
                    #expect(try !namespace.contains("key/20"), "\(name)")
                }
            }
        }
    }
}
