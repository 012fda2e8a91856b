import Foundation
import KVStore
import SystemPackage
import Testing

@Suite("What is loaded into an empty namespace stays, whatever reads while it is compacted")
struct FirstLoadTests {
    private static let kinds: [(name: String, options: NamespaceOptions)] = [
        ("plain", NamespaceOptions()), ("merging", NamespaceOptions(mergeOperator: .append)),
        ("expiring", NamespaceOptions(timeToLive: .seconds(86_400))),
    ]

    private func load(_ namespace: Namespace, _ keys: [String], _ value: String) throws {
        try namespace.ingest(keys.map { (key: $0, value: value) })
    }

    @Test("A snapshot that is alive", arguments: Self.kinds.map(\.name) + ["metadata"])
    func snapshot(_ kind: String) throws {
        try withTemporaryFolder { folder in
            let path = folder.appending("store")
            try withStore(at: path) { store in
                let options = Self.kinds.first { $0.name == kind }?.options
                let namespace = try options.map { try store.createNamespace("test", options: $0) } ?? store.metadata
                try load(namespace, ["a", "b"], "1")
                let snapshot = try namespace.snapshot()
                try namespace.compact()
                #expect(try texts(namespace) == ["a": "1", "b": "1"])
                #expect(try snapshot.get("a") == "1".bytes)
                try load(namespace, ["a", "c"], "2")
                try namespace.compact()
                #expect(try texts(namespace) == ["a": "2", "b": "1", "c": "2"])
                #expect(try snapshot.get("a") == "1".bytes && snapshot.get("c") == nil)
            }
            try withStore(at: path) { store in
                let namespace = kind == "metadata" ? store.metadata : try store.namespace("test")
                #expect(try texts(namespace) == ["a": "2", "b": "1", "c": "2"])
            }
        }
    }

    @Test("A transaction that is open, begun before the load or after it", arguments: [false, true])
    func transaction(isBefore: Bool) throws {
        try withTemporaryStore { store, namespace in
            if !isBefore { try load(namespace, ["a", "b"], "1") }
            try namespace.transaction { txn in
                if isBefore, try namespace.get("a") == nil { try load(namespace, ["a", "b"], "1") }
                try namespace.compact()
                _ = try txn.get("a")
            }
            try namespace.compact()
            #expect(try texts(namespace) == ["a": "1", "b": "1"])
        }
    }

    @Test("A copy to separate databases, and copies, backups and checkpoints of it")
    func copies() throws {
        try withTemporaryFolder { folder in
            let value = String(repeating: "v", count: 2000)
            let keys = (0..<1000).map { "key/\(10_000 + $0)" }
            try withStore(at: folder.appending("store")) { store in
                let namespace = try store.createNamespace("test")
                try load(namespace, keys, value)
                try store.createNamespace("few").put("a", "1")
                try store.copy(to: folder.appending("separate"), layout: .separateDatabases)
                try store.copy(to: folder.appending("single"), layout: .singleDatabase)
                try store.checkpoint(to: folder.appending("checkpoint"))
                try store.backup(to: folder.appending("backups"))
            }
            try Store.restore(from: folder.appending("backups"), to: folder.appending("restored"))
            for name in ["separate", "single", "checkpoint", "restored"] {
                var configuration = StoreConfiguration.tiny
                configuration.layout = nil
                try withStore(at: folder.appending(name), configuration) { store in
                    for info in try store.namespaces() {
                        let namespace = try store.namespace(info.name)
                        let before = try texts(namespace)
                        #expect(before.count == (info.name == "few" ? 1 : 1000), "\(name)")
                        let snapshot = try namespace.snapshot()
                        try namespace.compact()
                        #expect(try texts(namespace) == before, "\(name)")
                        #expect(try snapshot.get("a") == namespace.get("a"))
                        #expect(try namespace.latestSequence() > 0)
                    }
                }
            }
        }
    }

    @Test("A store that an engine's repair left at the number zero", .only(.separateDatabases))
    func salvaged() throws {
        try withTemporaryFolder { folder in
            let (path, repaired) = (folder.appending("store"), folder.appending("repaired"))
            let id = try withStore(at: path) { store in
                let namespace = try store.createNamespace("test")
                for number in 0..<100 { try namespace.put("key/\(number)", "value") }
                // Gives everything the number zero.
                try namespace.compact()
                return namespace.id
            }
            for name in try names(path.database(of: id)) where name.hasPrefix("MANIFEST-") || name == "CURRENT" {
                try path.database(of: id).appending(name).remove()
            }
            let report = try Store.repair(at: path, to: repaired, configuration: .tiny)
            #expect(report.parts.last?.outcome == .salvaged)
            // A reader sees it as it is.
            try withStore(at: repaired, .tiny(.readOnly)) { store in
                let namespace = try store.namespace("test")
                #expect(try namespace.snapshot().get("key/1") == "value".bytes)
                #expect(try texts(namespace).count == 100)
            }
            for _ in 0..<3 {
                try withStore(at: repaired) { store in
                    let namespace = try store.namespace("test")
                    let snapshot = try namespace.snapshot()
                    try namespace.compact()
                    #expect(try texts(namespace).count == 100)
                    #expect(try snapshot.get("key/1") == "value".bytes)
                    #expect(try namespace.latestSequence() > 0)
                    _ = try store.verify()
                }
            }
        }
    }

    /// What a history by chance does to namespaces, beside a model of what they hold.
    @Test("Loads, snapshots, compactions, flushes, writes and openings in any order")
    func histories() throws {
        var random = SeededRandom(test: "Histories of loads")
        try withTemporaryFolder { folder in
            for history in 0..<40 {
                let path = folder.appending("store-\(history)")
                let kind = Self.kinds[history % 3]
                var store = try Store.open(at: path, configuration: .tiny)
                var namespace = try store.createNamespace("test", options: kind.options)
                var model: [String: String] = [:]
                var snapshots: [(Snapshot, [String: String])] = []
                var steps: [String] = []
                for step in 0..<Int.random(in: 3...16, using: &random) {
                    let choice = Int.random(in: 0..<12, using: &random)
                    let keys = Set(
                        (0..<Int.random(in: 1...4, using: &random)).map { _ in
                            "key/\(Int.random(in: 0..<8, using: &random))"
                        }
                    ).sorted()
                    switch choice {
                    case 0...3:
                        steps.append("load \(keys)")
                        try load(namespace, keys, "\(step)")
                        for key in keys { model[key] = "\(step)" }
                    case 4, 5:
                        steps.append("snapshot")
                        snapshots.append((try namespace.snapshot(), model))
                    case 6, 7:
                        steps.append("compact")
                        try namespace.compact()
                    case 8:
                        steps.append("flush")
                        try namespace.flush()
                    case 9:
                        steps.append("put \(keys[0])")
                        try namespace.put(keys[0], "\(step)")
                        model[keys[0]] = "\(step)"
                    case 10:
                        steps.append("delete \(keys[0])")
                        try namespace.delete(keys[0])
                        model[keys[0]] = nil
                    default:
                        steps.append("open")
                        snapshots = []
                        try store.close()
                        store = try Store.open(at: path, configuration: .tiny)
                        namespace = try store.namespace("test")
                    }
                    #expect(try texts(namespace) == model, "\(kind.name), \(steps)")
                    for (snapshot, then) in snapshots {
                        let found = try snapshot.entries().collect().map { String(decoding: $0.key, as: UTF8.self) }
                        #expect(found == then.keys.sorted(), "\(kind.name), \(steps)")
                    }
                }
                snapshots = []
                try store.close()
                try path.remove()
            }
        }
    }
}
