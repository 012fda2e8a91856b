import Foundation
import KVStore
import Logging
import SystemPackage
import Testing

@testable import KVStore

@Suite("A tuning of a namespace's own")
struct NamespaceTuningTests {
    private static var tiny: Tuning {
        var tuning = StoreConfiguration.tiny.namespaceTuning
        tuning.memtableSize = .mebibytes(2)
        tuning.maxMemtables = 3
        return tuning
    }

    private func options(_ folder: FilePath, _ id: Int) throws -> OptionsFile {
        try OptionsFile(inDatabase: folder.appending("namespaces/\(id)"))
    }

    @Test("It is used at each opening, and the others keep the store's", .only(.separateDatabases))
    func applied() throws {
        try withTemporaryFolder { folder in
            var tuning = Self.tiny
            tuning.compression = .zstd
            tuning.maxOpenFiles = 77
            tuning.bloomBitsPerKey = 0
            for _ in 0..<2 {
                try withStore(at: folder) { (store) throws in
                    let own = try store.namespace(
                        "own", createIfMissing: true, options: NamespaceOptions(tuning: tuning))
                    let other = try store.namespace("other", createIfMissing: true)
                    for namespace in [own, other] { try namespace.put("key", "value") }
                    #expect(try own.tuning == tuning)
                    #expect(try other.tuning == store.configuration.namespaceTuning)
                    #expect(try store.namespaces().map(\.tuning) == [nil, tuning])
                    let options = try options(folder, 1)
                    #expect(options.value("write_buffer_size") == "\(2 << 20)")
                    #expect(options.value("max_write_buffer_number") == "3")
                    #expect(options.value("compression") == "kZSTD")
                    #expect(options.value("max_open_files") == "77")
                    #expect(options.value("filter_policy") == "nullptr")
                    #expect(try self.options(folder, 2).value("write_buffer_size") == "\(4 << 20)")
                }
            }
        }
    }

    @Test(
        "What the engine can change is changed while the namespace is open; what it cannot is named and waits",
        .only(.separateDatabases))
    func online() throws {
        try withTemporaryFolder { folder in
            try withStore(at: folder) { (store) throws in
                let namespace = try store.createNamespace("test")
                try namespace.put("key", "value")
                var tuning = Self.tiny
                tuning.level0CompactionTrigger = 3
                tuning.level0SlowdownTrigger = 21
                tuning.level0StopTrigger = 33
                tuning.compression = .lz4
                tuning.bottommostCompression = .zstd
                #expect(try namespace.setTuning(tuning) == [])
                var options = try options(folder, 1)
                for (name, value) in [
                    ("write_buffer_size", "\(2 << 20)"), ("max_write_buffer_number", "3"),
                    ("level0_file_num_compaction_trigger", "3"), ("level0_slowdown_writes_trigger", "21"),
                    ("level0_stop_writes_trigger", "33"), ("compression", "kLZ4Compression"),
                    ("bottommost_compression", "kZSTD"),
                ] {
                    #expect(options.value(name) == value, "\(name)")
                }
                tuning.memtableSize = .mebibytes(32)
                tuning.bottommostCompression = nil
                tuning.maxConcurrentCompactions = 2
                tuning.bytesPerSync = .kibibytes(64)
                tuning.maxOpenFiles = 55
                tuning.bloomBitsPerKey = 5
                tuning.dataBlockHashIndex = false
                tuning.blockRestartInterval = 8
                tuning.memtableInsertHints = false
                tuning.pipelinedWrites = false
                tuning.blockCacheCapacity = .mebibytes(3)
                tuning.valueCache = .mebibytes(1)
                tuning.walRetention = .seconds(60)
                tuning.walRetentionSize = .mebibytes(2)
                #expect(
                    try namespace.setTuning(tuning) == [
                        "blockCacheCapacity", "valueCache", "memtableSize x maxMemtables", "maxConcurrentCompactions",
                        "bytesPerSync",
                        "maxOpenFiles", "bloomBitsPerKey", "dataBlockHashIndex", "blockRestartInterval",
                        "memtableInsertHints", "pipelinedWrites", "walRetention", "walRetentionSize",
                    ])
                options = try self.options(folder, 1)
                #expect(options.value("write_buffer_size") == "\(32 << 20)")
                #expect(options.value("bottommost_compression") == "kDisableCompressionOption")
                #expect(options.value("max_background_jobs") == "5")
                try namespace.reopen()
                options = try self.options(folder, 1)
                for (name, value) in [
                    ("max_background_jobs", "3"), ("bytes_per_sync", "\(64 << 10)"), ("max_open_files", "55"),
                    ("data_block_index_type", "kDataBlockBinarySearch"), ("block_restart_interval", "8"),
                    ("memtable_insert_with_hint_prefix_extractor", "nullptr"),
                    ("enable_pipelined_write", "false"),
                    ("WAL_ttl_seconds", "60"), ("WAL_size_limit_MB", "2"),
                ] {
                    #expect(options.value(name) == value, "\(name)")
                }
                #expect(try namespace.get("key") == "value".bytes)
                // Back to the store's.
                #expect(try namespace.setTuning(nil).contains("walRetention"))
                #expect(try namespace.tuning == store.configuration.namespaceTuning)
            }
        }
    }

    @Test(
        "What is of the database that all share is not taken from one of them, and the log says so",
        .only(.singleDatabase))
    func ofTheDatabase() throws {
        try withTemporaryFolder { folder in
            let said = SaidLines()
            var configuration = StoreConfiguration.tiny
            configuration.logger = Logger(label: "test") { _ in said }
            let store = try Store.open(at: folder.appending("store"), configuration: configuration)
            defer { try? store.close() }
            var tuning = configuration.namespaceTuning
            (tuning.walRetention, tuning.maxOpenFiles, tuning.bloomBitsPerKey) = (.seconds(60), 55, 5)
            let namespace = try store.createNamespace("test", options: NamespaceOptions(tuning: tuning))
            try namespace.put("key", "value")
            #expect(said.lines.count == 1)
            #expect(said.lines.first?.contains("maxOpenFiles, walRetention of the tuning of the namespace") == true)
            tuning.pipelinedWrites.toggle()
            tuning.bloomBitsPerKey = 6
            #expect(try namespace.setTuning(tuning) == ["bloomBitsPerKey"])
            #expect(said.lines.last?.contains("maxOpenFiles, pipelinedWrites, walRetention") == true)
            #expect(try namespace.tuning == tuning)
            try namespace.setTuning(nil)
            #expect(said.lines.count == 2)
            // It is the namespace's own again where it has a database of its own.
            try namespace.setTuning(tuning)
            let copy = folder.appending("copy")
            try store.copy(to: copy, layout: .separateDatabases)
            configuration.layout = nil
            let other = try Store.open(at: copy, configuration: configuration)
            defer { try? other.close() }
            let copied = try other.namespace("test")
            #expect(try copied.get("key") == "value".bytes)
            #expect(copied.slot.columnFamily?.options.tuning.walRetention == .seconds(60))
        }
    }

    @Test("Its durability counts for calls that do not say, at once")
    func durability() throws {
        try withTemporaryStore { store, namespace in
            #expect(try namespace.put("key", "value").durability == .buffered)
            var tuning = Self.tiny
            tuning.durability = .synced
            #expect(try namespace.setTuning(tuning) == [])
            #expect(try namespace.put("key", "value").durability == .synced)
            #expect(try namespace.put("key", "value", durability: .buffered).durability == .buffered)
            try namespace.setTuning(nil)
            #expect(try store.namespace("test").put("key", "value").durability == .buffered)
        }
    }

    @Test("One that does not hold together is refused with every conflict, and nothing changes")
    func refused() throws {
        try withTemporaryStore { store, namespace in
            var tuning = Self.tiny
            tuning.maxMemtables = 1
            tuning.level0StopTrigger = 1
            expectError(.invalidArgument, "maxMemtables is 1", "level0StopTrigger (1)") {
                try namespace.setTuning(tuning)
            }
            expectError(.invalidArgument, "maxMemtables is 1") {
                try store.createNamespace("other", options: NamespaceOptions(tuning: tuning))
            }
            expectError(.invalidArgument, "metadata") { try store.metadata.setTuning(nil) }
            let list = try store.namespaces()
            #expect(list.map(\.tuning) == [nil])
            #expect(try namespace.setTuning(nil) == [])
        }
    }

    @Test("It reads back what it wrote, what an earlier version wrote, and what a later one may write")
    func coding() throws {
        var tuning = Tuning.before
        tuning.walRetention = .milliseconds(1500)
        tuning.maxOpenFiles = nil
        let encoded = try JSONEncoder().encode(tuning)
        #expect(try JSONDecoder().decode(Tuning.self, from: encoded) == tuning)
        // Every field is written, so that a new one cannot be forgotten in the hand-written coding.
        let object = try #require(try JSONSerialization.jsonObject(with: encoded) as? [String: Any])
        let fields = Mirror(reflecting: tuning).children.compactMap(\.label)
        #expect(Set(object.keys) == Set(fields))
        let earlier = try JSONDecoder().decode(Tuning.self, from: Data(#"{"maxMemtables":7}"#.utf8))
        var expected = Tuning.namespace
        expected.maxMemtables = 7
        #expect(earlier == expected)
        let later = try JSONDecoder().decode(
            Tuning.self, from: Data(#"{"maxMemtables":7,"ofTomorrow":{"a":[1]},"level0SlowdownTrigger":null}"#.utf8))
        expected.level0SlowdownTrigger = nil
        #expect(later == expected)
    }
}
