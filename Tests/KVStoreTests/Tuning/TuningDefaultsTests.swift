import Foundation
import KVStore
import Logging
import Testing

@Suite("The documented defaults")
struct TuningDefaultsTests {
    @Test("Of a namespace")
    func namespace() {
        let tuning = Tuning.namespace
        #expect(tuning.durability == .buffered)
        #expect(tuning.blockCacheCapacity == .gibibytes(1))
        #expect(tuning.memtableSize == .mebibytes(256))
        #expect(tuning.maxMemtables == 4)
        #expect(tuning.level0CompactionTrigger == 4)
        #expect(tuning.level0SlowdownTrigger == 8)
        #expect(tuning.level0StopTrigger == 12)
        #expect(tuning.maxConcurrentCompactions == 4)
        #expect(tuning.bytesPerSync == .mebibytes(1))
        #expect(tuning.maxOpenFiles == 1000)
        #expect(tuning.compression == .snappy)
        #expect(tuning.bottommostCompression == nil)
        #expect(tuning.bloomBitsPerKey == 10)
        #expect(tuning.dataBlockHashIndex)
        #expect(tuning.blockRestartInterval == 16)
        #expect(tuning.memtableInsertHints)
        #expect(tuning.pipelinedWrites)
    }

    @Test("Of the metadata database, where it differs")
    func metadata() {
        var expected = Tuning.namespace
        expected.durability = .synced
        expected.blockCacheCapacity = .mebibytes(256)
        expected.memtableSize = .mebibytes(128)
        expected.maxConcurrentCompactions = 3
        expected.bytesPerSync = .kibibytes(512)
        #expect(Tuning.metadata == expected)
    }

    @Test("Of what they replaced")
    func before() {
        let tuning = Tuning.before
        #expect(tuning.durability == .synced)
        #expect(tuning.blockCacheCapacity == .mebibytes(128))
        #expect(tuning.memtableSize == .mebibytes(64))
        #expect(tuning.maxMemtables == 2)
        #expect(tuning.level0CompactionTrigger == 4)
        #expect(tuning.level0SlowdownTrigger == nil)
        #expect(tuning.level0StopTrigger == 12)
        #expect(tuning.maxConcurrentCompactions == 1)
        #expect(tuning.bytesPerSync == .kibibytes(512))
        #expect(tuning.maxOpenFiles == 1000)
        #expect(tuning.compression == .snappy)
        #expect(tuning.bloomBitsPerKey == 0)
        #expect(!tuning.dataBlockHashIndex)
        #expect(!tuning.memtableInsertHints)
        #expect(!tuning.pipelinedWrites)
    }

    @Test("Of a store")
    func configuration() {
        let configuration = StoreConfiguration()
        #expect(configuration.namespaceTuning == .namespace)
        #expect(configuration.metadataTuning == .metadata)
        #expect(configuration.blockCache == .shared(.gibibytes(1)))
        #expect(configuration.durability == nil)
        #expect(configuration.walSyncInterval == .seconds(1))
        #expect(configuration.maxOpenNamespaces == 50)
        #expect(configuration.createIfMissing)
        #expect(!configuration.acceptsDataLoss)
        #expect(configuration.logger.label == "kvstore")
        #expect(StoreConfiguration.before.namespaceTuning == .before)
        #expect(StoreConfiguration.before.metadataTuning == .before)
        #expect(StoreConfiguration.before.blockCache == .perNamespace)
    }

    @Test("All of them hold together", arguments: [Tuning.namespace, .metadata, .before])
    func valid(_ tuning: Tuning) throws {
        try tuning.validate()
    }

    @Test("A tuning comes back from JSON as it was", arguments: [Tuning.namespace, .metadata, .before])
    func coding(_ tuning: Tuning) throws {
        let decoded = try JSONDecoder().decode(Tuning.self, from: JSONEncoder().encode(tuning))
        #expect(decoded == tuning)
        let object = try JSONSerialization.jsonObject(with: JSONEncoder().encode(tuning)) as? [String: Any]
        #expect(object?["memtableSize"] as? Int == tuning.memtableSize.bytes)
        #expect(object?["compression"] as? String == "snappy")
    }

    @Test("The description is a table with every setting, its value and both options")
    func description() {
        let lines = Tuning.namespace.describe().split(separator: "\n").map(String.init)
        #expect(Set(lines.map(\.count)).count == 1, "the columns line up")
        func row(_ setting: String) -> [String] {
            let line = lines.first { $0.hasPrefix("| \(setting) ") } ?? ""
            return line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        #expect(row("setting") == ["setting", "value", "Pebble", "RocksDB"])
        #expect(row("durability") == ["durability", "buffered", "NoSync", "WriteOptions.sync"])
        #expect(row("blockCacheCapacity") == ["blockCacheCapacity", "1 GiB", "Cache", "block_cache"])
        #expect(row("memtableSize") == ["memtableSize", "256 MiB", "MemTableSize", "write_buffer_size"])
        #expect(row("maxMemtables")[1...] == ["4", "MemTableStopWritesThreshold", "max_write_buffer_number"])
        #expect(
            row("level0CompactionTrigger")[1...] == [
                "4", "L0CompactionThreshold", "level0_file_num_compaction_trigger",
            ])
        #expect(row("level0SlowdownTrigger")[1...] == ["8", "", "level0_slowdown_writes_trigger"])
        #expect(row("level0StopTrigger")[1...] == ["12", "L0StopWritesThreshold", "level0_stop_writes_trigger"])
        #expect(row("maxConcurrentCompactions")[1...] == ["4", "MaxConcurrentCompactions", "max_background_jobs = 5"])
        #expect(row("(fixed)")[1...] == ["0", "WALBytesPerSync", "wal_bytes_per_sync"])
        #expect(row("bytesPerSync")[1...] == ["1 MiB", "BytesPerSync", "bytes_per_sync"])
        #expect(row("maxOpenFiles")[1...] == ["1000", "MaxOpenFiles", "max_open_files"])
        #expect(row("compression")[1...] == ["snappy", "Compression", "compression"])
        // A setting that is added must be in the table too.
        #expect(lines.count == 2 + Mirror(reflecting: Tuning.namespace).children.count + 1)
    }

    @Test("The memory budget is the sum of caches and memtables", .only(.separateDatabases))
    func memoryBudget() throws {
        try withTemporaryFolder { folder in
            var configuration = StoreConfiguration.tiny
            configuration.maxOpenNamespaces = 3
            try withStore(at: folder, configuration) { store in
                // 8 MiB of shared cache, 3 times 4 memtables of 4 MiB, the metadata's 256 MiB and 4 memtables of 1 MiB.
                #expect(store.memoryBudget == .mebibytes(8 + 3 * 4 * 4 + 256 + 4))
            }
            configuration.blockCache = .perNamespace
            configuration.namespaceTuning.blockCacheCapacity = .mebibytes(10)
            try withStore(at: folder, configuration) { store in
                #expect(store.memoryBudget == .mebibytes(3 * 10 + 3 * 4 * 4 + 256 + 4))
            }
            configuration.maxOpenNamespaces = .max
            try withStore(at: folder, configuration) { store in
                #expect(store.memoryBudget > .gibibytes(1 << 20))
            }
        }
    }
}
