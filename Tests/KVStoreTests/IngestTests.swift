import Foundation
import KVStore
import SystemPackage
import Testing

@Suite("Bulk loads")
struct IngestTests {
    private func entries(_ numbers: Range<Int>, _ value: String = "loaded") -> [(key: String, value: String)] {
        numbers.map { (key: "key/\(1_000_000 + $0)", value: value) }
    }

    private func leftovers(_ store: Store, _ namespace: String = "test") throws -> [String] {
        let id = try #require(try store.namespaces().first { $0.name == namespace }).id
        let folder = store.path.database(of: id).appending("ingest")
        return (try? FileManager.default.contentsOfDirectory(atPath: folder.string)) ?? []
    }

    @Test("What is loaded is there, in place of what was, after reopening too")
    func load() throws {
        try withTemporaryStore { store, namespace in
            try namespace.put("key/1000001", "old")
            try namespace.put("other", "old")
            #expect(try namespace.ingest(entries(0..<5000)) == 5000)
            #expect(try namespace.get("key/1000001") == Array("loaded".utf8))
            #expect(try namespace.get("other") == Array("old".utf8))
            try namespace.put("key/1000002", "new")
            // Over what is there, from memory and files.
            #expect(try namespace.ingest(entries(4000..<6000, "again")) == 2000)
            #expect(try namespace.ingest([(key: String, value: String)]()) == 0)
            try namespace.reopen()
            #expect(try namespace.entries(prefix: "key/").collect().count == 6000)
            #expect(try namespace.get("key/1000002") == Array("new".utf8))
            #expect(try namespace.get("key/1004000") == Array("again".utf8))
            #expect(try leftovers(store).isEmpty)
        }
    }

    @Test("More than one file, empty and awkward keys")
    func manyFiles() throws {
        try withTemporaryStore { store, namespace in
            let value = [UInt8](repeating: 1, count: 8 << 20)
            let keys: [[UInt8]] = [[], [0], [0, 0]] + (1...12).map { [UInt8($0)] } + [[0xFF], [0xFF, 0xFF]]
            let count = try namespace.ingest(keys.map { (key: $0, value: value) })
            #expect(count == keys.count)
            #expect(try namespace.entries().collect().map(\.key) == keys)
            #expect(try leftovers(store).isEmpty)
        }
    }

    @Test("Entries that are not in order are refused and nothing is written", arguments: [["b", "a"], ["a", "a"]])
    func unsorted(_ keys: [String]) throws {
        try withTemporaryStore { store, namespace in
            let error = #expect(throws: StoreError.self) {
                try namespace.ingest(([""] + keys).map { (key: $0, value: "v") })
            }
            #expect(error?.code == .invalidArgument)
            #expect(error?.message.contains("entry 2") == true)
            #expect(try namespace.entries().collect().isEmpty)
            #expect(try leftovers(store).isEmpty)
            try namespace.put("k", "v")
        }
    }

    @Test("What a crash left is removed when the namespace is opened")
    func crash() throws {
        try withTemporaryFolder { folder in
            let path = folder.appending("store")
            do {
                let store = try Store.open(at: path, configuration: .tiny)
                try store.createNamespace("test").put("k", "v")
                try store.close()
            }
            let left = path.database().appending("ingest/half")
            try FileManager.default.createDirectory(atPath: left.string, withIntermediateDirectories: true)
            try Data("half a file".utf8).write(to: URL(fileURLWithPath: left.appending("0.sst").string))
            let store = try Store.open(at: path, configuration: .tiny)
            let namespace = try store.namespace("test")
            #expect(try namespace.get("k") == Array("v".utf8))
            #expect(!FileManager.default.fileExists(atPath: path.database().appending("ingest").string))
            try namespace.ingest([(key: "a", value: "1")])
            try store.close()
        }
    }

    @Test("Updates, snapshots and transactions notice a load")
    func readers() throws {
        try withTemporaryStore { _, namespace in
            try namespace.update { $0.put("k", "old") }
            _ = try namespace.update { try $0.get("k") }
            let snapshot = try namespace.snapshot()
            try namespace.ingest([(key: "k", value: "new")])
            #expect(try namespace.update { try $0.get("k") } == Array("new".utf8))
            #expect(try snapshot.get("k") == Array("old".utf8))
            var attempts = 0
            try namespace.transaction { txn in
                attempts += 1
                _ = try txn.entries(prefix: "far/").collect()
                try txn.put("result", "v")
                // Touches nothing that is there, so that the engine need not number it.
                if attempts == 1 { try namespace.ingest([(key: "far/1", value: "v")]) }
            }
            #expect(attempts == 2)
        }
    }

    @Test("Loads into namespaces with a merge operator or a time to live")
    func formats() throws {
        try withTemporaryStore { store, _ in
            let sums = try store.createNamespace("sums", options: NamespaceOptions(mergeOperator: .add64))
            try sums.ingest([(key: "a", value: MergeOperator.number(5))])
            try sums.merge("a", MergeOperator.number(2))
            #expect(try sums.get("a") == MergeOperator.number(7))
            let long = try store.createNamespace("long", options: NamespaceOptions(timeToLive: .seconds(86_400)))
            try long.ingest([(key: "a", value: "v")])
            #expect(try long.get("a") == Array("v".utf8))
            let brief = try store.createNamespace("brief", options: NamespaceOptions(timeToLive: .milliseconds(50)))
            try brief.ingest([(key: "a", value: "v")])
            usleep(60_000)
            #expect(try brief.get("a") == nil)
        }
    }

    @Test("Loading asynchronously, into the metadata column family too")
    func asyncForm() async throws {
        try await withTemporaryStore { store, namespace in
            let count = try await namespace.ingest(entries(0..<10))
            #expect(count == 10)
            #expect(try await store.metadata.ingest(entries(0..<10)) == 10)
            #expect(try await store.metadata.get("key/1000003") != nil)
            #expect(try await store.namespaces().map(\.name) == ["test"])
        }
    }

    @Test("What is loaded is what is read, over what was just written and whatever others write and flush meanwhile")
    func besideOthers() throws {
        let rounds = ProcessInfo.processInfo.environment["KVSTORE_INGEST_ROUNDS"].flatMap { Int($0) } ?? 60
        try withTemporaryStore { store, namespace in
            let stop = Flag()
            let flusher = RunningThread {
                let other = try store.createNamespace("other")
                while !stop.isSet {
                    try other.put("key", "value")
                    try other.flush()
                }
            }
            let creator = RunningThread {
                while !stop.isSet {
                    try store.createNamespace("brief").put("key", "value")
                    try store.dropNamespace("brief")
                }
            }
            let writer = RunningThread {
                var number = 0
                while !stop.isSet {
                    try namespace.put("key/1000050/\(number % 100)", "other")
                    number += 1
                }
            }
            for round in 0..<rounds {
                for (key, _) in entries(0..<100) { try namespace.put(key, "old") }
                try namespace.ingest(entries(0..<100, "round \(round)"))
                for (key, value) in entries(0..<100, "round \(round)") {
                    let found = try namespace.get(key).map { String(decoding: $0, as: UTF8.self) }
                    #expect(found == value, "round \(round)")
                }
            }
            stop.set()
            for thread in [flusher, creator, writer] { try thread.get() }
        }
    }
}
