import Logging
import SystemPackage
import Testing

@testable import KVStore

/// What is set is one thing; what the engine says that it runs with is what counts. Each row of the documented table is
/// read back from the options file that RocksDB wrote for the database.
@Suite("The tuning as the engine reports it")
struct TuningReadBackTests {
    @Test("The documented tuning of a namespace", .only(.separateDatabases))
    func namespace() throws {
        try withDatabases(StoreConfiguration()) { options, _, namespace, _ in
            try expect(options, Self.documented(memtable: 256 << 20, jobs: 5, bytesPerSync: 1 << 20))
            #expect(try namespace.property("rocksdb.block-cache-capacity") == "\(1 << 30)")
        }
    }

    @Test("The documented tuning of the metadata database", .only(.separateDatabases))
    func metadata() throws {
        try withDatabases(StoreConfiguration()) { _, options, _, metadata in
            for family in ["default", "application"] {
                try expect(
                    options, Self.documented(memtable: 128 << 20, jobs: 4, bytesPerSync: 512 << 10), family: family)
            }
            #expect(options.families == ["application", "default"])
            #expect(try metadata.property("rocksdb.block-cache-capacity") == "\(256 << 20)")
        }
    }

    @Test("What the documented tuning replaced, of both databases", .only(.separateDatabases))
    func before() throws {
        try withDatabases(.before) { namespaceOptions, metadataOptions, namespace, metadata in
            for (options, columnFamily) in [(namespaceOptions, namespace), (metadataOptions, metadata)] {
                try expect(
                    options,
                    Self.fixed.merging([
                        "write_buffer_size": "\(64 << 20)",
                        "max_write_buffer_number": "2",
                        "level0_file_num_compaction_trigger": "4",
                        // The engine raises the stop trigger of 12 to its own slowdown trigger.
                        "level0_slowdown_writes_trigger": "20",
                        "level0_stop_writes_trigger": "20",
                        "max_background_jobs": "2",
                        "bytes_per_sync": "\(512 << 10)",
                        "max_open_files": "1000",
                        "compression": "kSnappyCompression",
                        "bottommost_compression": "kDisableCompressionOption",
                        "filter_policy": "nullptr",
                        "data_block_index_type": "kDataBlockBinarySearch",
                        "block_restart_interval": "16",
                        "memtable_insert_with_hint_prefix_extractor": "nullptr",
                    ]) { $1 })
                #expect(try columnFamily.property("rocksdb.block-cache-capacity") == "\(128 << 20)")
            }
        }
    }

    @Test("Each setting on its own reaches the engine", .only(.separateDatabases), arguments: Change.all)
    func eachSetting(_ change: Change) throws {
        var configuration = StoreConfiguration.tiny
        change.make(&configuration.namespaceTuning)
        try withDatabases(configuration) { options, _, _, _ in
            for (name, value) in change.options { #expect(options.value(name) == value, "\(name)") }
        }
    }

    @Test(
        "A shared cache has its own capacity; with one for each namespace the tuning has the say",
        .only(.separateDatabases))
    func caches() throws {
        var configuration = StoreConfiguration.tiny
        configuration.namespaceTuning.blockCacheCapacity = .mebibytes(3)
        configuration.blockCache = .shared(.mebibytes(5))
        try withDatabases(configuration) { (_, _, namespace, _) throws in
            #expect(try namespace.property("rocksdb.block-cache-capacity") == "\(5 << 20)")
        }
        configuration.blockCache = .perNamespace
        try withDatabases(configuration) { (_, _, namespace, _) throws in
            #expect(try namespace.property("rocksdb.block-cache-capacity") == "\(3 << 20)")
        }
    }

    @Test("The bloom filter has the bits that it should", arguments: [0.0, 10, 20])
    func bloomBits(_ bits: Double) throws {
        var configuration = StoreConfiguration.tiny
        configuration.namespaceTuning.bloomBitsPerKey = bits
        try withTemporaryStore(configuration) { _, namespace in
            let count = 20_000
            try namespace.write { for number in 0..<count { $0.put("key/\(number)", "value") } }
            try namespace.flush()
            let properties = try #require(try namespace.property("rocksdb.aggregated-table-properties"))
            let size = try #require(properties.firstMatch(of: /filter block size=(\d+)/)?.1)
            let bitsPerKey = try #require(Double(size)) * 8 / Double(count)
            #expect(abs(bitsPerKey - bits) < 1)
        }
    }

    /// What every tuning has: other values lose data or end the process.
    static let fixed = [
        "wal_bytes_per_sync": "0",
        // Else each log takes the space of a full memtable from the start.
        "allow_fallocate": "false",
        // Else newer engines fail what they did but could not note there.
        "fail_if_options_file_error": "false",
        "paranoid_checks": "true",
        "wal_recovery_mode": "kPointInTimeRecovery",
        "info_log_level": "FATAL_LEVEL",
        "keep_log_file_num": "2",
        "max_log_file_size": "0",
        "atomic_flush": "false",
        "manual_wal_flush": "false",
        "unordered_write": "false",
        "two_write_queues": "false",
        "allow_mmap_writes": "false",
        "wal_compression": "kNoCompression",
        "recycle_log_file_num": "0",
        "stats_dump_period_sec": "0",
        "stats_persist_period_sec": "0",
        "comparator": "leveldb.BytewiseComparator",
        "checksum": "kXXH3",
        "no_block_cache": "false",
        "cache_index_and_filter_blocks": "false",
    ]

    static func documented(memtable: Int, jobs: Int, bytesPerSync: Int) -> [String: String] {
        fixed.merging([
            "write_buffer_size": "\(memtable)",
            "max_write_buffer_number": "4",
            "level0_file_num_compaction_trigger": "4",
            "level0_slowdown_writes_trigger": "8",
            "level0_stop_writes_trigger": "12",
            "max_background_jobs": "\(jobs)",
            "bytes_per_sync": "\(bytesPerSync)",
            "max_open_files": "1000",
            "compression": "kSnappyCompression",
            "bottommost_compression": "kDisableCompressionOption",
            "filter_policy": "bloomfilter",
            "data_block_index_type": "kDataBlockBinaryAndHash",
            "block_restart_interval": "16",
            "memtable_insert_with_hint_prefix_extractor":
                EngineFeatures.hasInsertHints ? "kvstore.InsertHints" : "nullptr",
            "enable_pipelined_write": "true",
        ]) { $1 }
    }

    struct Change: CustomTestStringConvertible {
        let testDescription: String
        let options: [String: String]
        let make: @Sendable (inout Tuning) -> Void

        init(_ name: String, _ options: [String: String], _ make: @escaping @Sendable (inout Tuning) -> Void) {
            testDescription = name
            self.options = options
            self.make = make
        }

        static let all = [
            Change("memtableSize", ["write_buffer_size": "\(3 << 20)"]) { $0.memtableSize = .mebibytes(3) },
            Change("maxMemtables", ["max_write_buffer_number": "7"]) { $0.maxMemtables = 7 },
            Change(
                "level-0 triggers",
                [
                    "level0_file_num_compaction_trigger": "3", "level0_slowdown_writes_trigger": "5",
                    "level0_stop_writes_trigger": "6",
                ]
            ) { tuning in
                tuning.level0CompactionTrigger = 3
                tuning.level0SlowdownTrigger = 5
                tuning.level0StopTrigger = 6
            },
            Change("maxConcurrentCompactions", ["max_background_jobs": "3"]) { $0.maxConcurrentCompactions = 2 },
            Change("bytesPerSync", ["bytes_per_sync": "0", "wal_bytes_per_sync": "0"]) { $0.bytesPerSync = .bytes(0) },
            Change("maxOpenFiles", ["max_open_files": "20"]) { $0.maxOpenFiles = 20 },
            Change("all files open", ["max_open_files": "-1"]) { $0.maxOpenFiles = nil },
            Change("no compression", ["compression": "kNoCompression"]) { $0.compression = .none },
            Change("LZ4", ["compression": "kLZ4Compression"]) { $0.compression = .lz4 },
            Change("Zstandard", ["compression": "kZSTD"]) { $0.compression = .zstd },
            Change(
                "bottommost compression",
                ["compression": "kSnappyCompression", "bottommost_compression": "kZSTD"]
            ) { $0.bottommostCompression = .zstd },
            Change("no bloom filter", ["filter_policy": "nullptr"]) { $0.bloomBitsPerKey = 0 },
            Change("no hash index", ["data_block_index_type": "kDataBlockBinarySearch"]) {
                $0.dataBlockHashIndex = false
            },
            Change("blockRestartInterval", ["block_restart_interval": "4"]) { $0.blockRestartInterval = 4 },
            Change("no insert hints", ["memtable_insert_with_hint_prefix_extractor": "nullptr"]) {
                $0.memtableInsertHints = false
            },
            Change("no pipelined writes", ["enable_pipelined_write": "false"]) { $0.pipelinedWrites = false },
        ]
    }

    private func expect(_ options: OptionsFile, _ expected: [String: String], family: String = "default") throws {
        for (name, value) in expected.sorted(by: { $0.key < $1.key }) {
            #expect(options.value(name, family: family) == value, "\(name)")
        }
    }

    /// Runs `body` with the options files of a namespace and of the metadata database, and both column families.
    private func withDatabases(
        _ configuration: StoreConfiguration, _ body: (OptionsFile, OptionsFile, Namespace, Namespace) throws -> Void
    ) throws {
        var configuration = configuration
        configuration.logger.logLevel = .critical
        try withTemporaryStore(configuration) { store, namespace in
            try namespace.put("key", "value")
            try body(
                OptionsFile(inDatabase: store.path.appending("namespaces/1")),
                OptionsFile(inDatabase: store.path.appending("metadata")), namespace, store.metadata)
        }
    }
}
