import CRocksDB
import CRocksDBHints
import KVStore

/// The engine's options of a tuning, the same as the library sets.
final class RocksDBOptions: @unchecked Sendable {  // immutable after init
    let handle: OpaquePointer
    private let table: OpaquePointer
    private let cache: OpaquePointer

    /// - Parameter addsNumbers: whether merges add integers of 64 bits.
    init(_ tuning: Tuning, addsNumbers: Bool = false) {
        let defaults: OpaquePointer = rocksdb_options_create()
        defer { rocksdb_options_destroy(defaults) }
        handle = rocksdb_options_create()
        table = rocksdb_block_based_options_create()
        cache = rocksdb_cache_create_lru(tuning.blockCacheCapacity.bytes)
        // An engine that does not know it does as it does without.
        _ = try? rocksDBCall("read options") {
            rocksdb_get_options_from_string(defaults, "allow_fallocate=false", handle, $0)
        }
        if addsNumbers { rocksdb_options_set_uint64add_merge_operator(handle) }
        setSafety()
        setWriting(tuning)
        setTables(tuning)
    }

    deinit {
        rocksdb_block_based_options_destroy(table)
        rocksdb_options_destroy(handle)
        rocksdb_cache_destroy(cache)
    }

    private func setSafety() {
        rocksdb_options_set_create_if_missing(handle, 1)
        rocksdb_options_set_create_missing_column_families(handle, 1)
        rocksdb_options_set_paranoid_checks(handle, 1)
        rocksdb_options_set_wal_bytes_per_sync(handle, 0)
        rocksdb_options_set_wal_recovery_mode(handle, Int32(rocksdb_point_in_time_recovery))
        rocksdb_options_set_info_log_level(handle, 4)
        rocksdb_options_set_keep_log_file_num(handle, 2)
        rocksdb_options_set_max_log_file_size(handle, 0)
        rocksdb_options_set_stats_dump_period_sec(handle, 0)
        rocksdb_options_set_stats_persist_period_sec(handle, 0)
    }

    private func setWriting(_ tuning: Tuning) {
        rocksdb_options_set_write_buffer_size(handle, tuning.memtableSize.bytes)
        rocksdb_options_set_max_write_buffer_number(handle, Int32(tuning.maxMemtables))
        rocksdb_options_set_db_write_buffer_size(handle, tuning.memtableBudget.bytes)
        rocksdb_options_set_max_open_files(handle, tuning.maxOpenFiles.map(Int32.init) ?? -1)
        if tuning.memtableInsertHints { _ = kvstore_set_insert_hints(handle) }
        rocksdb_options_set_enable_pipelined_write(handle, tuning.pipelinedWrites ? 1 : 0)
        rocksdb_options_set_level0_file_num_compaction_trigger(handle, Int32(tuning.level0CompactionTrigger))
        if let slowdown = tuning.level0SlowdownTrigger {
            rocksdb_options_set_level0_slowdown_writes_trigger(handle, Int32(slowdown))
        }
        rocksdb_options_set_level0_stop_writes_trigger(handle, Int32(tuning.level0StopTrigger))
        rocksdb_options_set_max_background_jobs(handle, Int32(tuning.maxConcurrentCompactions + 1))
        rocksdb_options_set_bytes_per_sync(handle, UInt64(tuning.bytesPerSync.bytes))
        rocksdb_options_set_compression(handle, tuning.compression.rocksDBValue)
        if let bottommost = tuning.bottommostCompression {
            rocksdb_options_set_bottommost_compression(handle, bottommost.rocksDBValue)
        }
    }

    private func setTables(_ tuning: Tuning) {
        rocksdb_block_based_options_set_block_cache(table, cache)
        if tuning.bloomBitsPerKey > 0 {
            rocksdb_block_based_options_set_filter_policy(
                table, rocksdb_filterpolicy_create_bloom_full(tuning.bloomBitsPerKey))
        }
        if tuning.dataBlockHashIndex {
            rocksdb_block_based_options_set_data_block_index_type(
                table, Int32(rocksdb_block_based_table_data_block_index_type_binary_search_and_hash))
        }
        rocksdb_block_based_options_set_block_restart_interval(table, Int32(tuning.blockRestartInterval))
        rocksdb_options_set_block_based_table_factory(handle, table)
    }
}

extension Compression {
    fileprivate var rocksDBValue: Int32 {
        switch self {
        case .none: Int32(rocksdb_no_compression)
        case .snappy: Int32(rocksdb_snappy_compression)
        case .lz4: Int32(rocksdb_lz4_compression)
        case .zstd: Int32(rocksdb_zstd_compression)
        }
    }
}
