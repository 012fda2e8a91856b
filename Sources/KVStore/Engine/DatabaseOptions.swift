internal import CRocksDB
internal import CRocksDBHints

/// The engine's options made of a ``Tuning``. Owns them and what they point to; a database keeps it for its life.
final class DatabaseOptions: @unchecked Sendable {  // immutable after init
    let handle: OpaquePointer
    let tuning: Tuning
    private let tableOptions: OpaquePointer
    private let cache: BlockCache
    private let expiryFilter: ExpiryFilter?
    private let log: EngineLog?
    /// Whether the engine keeps all logs, for the library to remove what need not be kept.
    let keepsLogs: Bool
    /// Where snapshots and compactions meet; nil where nothing expires.
    var expiryHorizon: ExpiryHorizon? { expiryFilter?.horizon }

    /// - Parameters:
    ///   - log: where the engine's warnings go; nil for nowhere.
    ///   - counters: what the engine counts with others together; nil for nothing.
    ///   - keepsLogs: whether the engine keeps logs that memtables no longer need, whatever the tuning says of them: see
    ///     ``Database/trimLogs(_:now:)``.
    init(
        _ tuning: Tuning, cache: BlockCache, mode: DatabaseMode, format: ValueFormat = .plain, log: EngineLog? = nil,
        counters: EngineCounters? = nil, keepsLogs: Bool = false
    ) {
        handle = rocksdb_options_create_copy(counters?.options ?? Self.defaults)
        tableOptions = rocksdb_block_based_options_create()
        self.cache = cache
        self.tuning = tuning
        self.log = log
        self.keepsLogs = keepsLogs
        if case .expiring(let timeToLive) = format {
            expiryFilter = ExpiryFilter(timeToLive.clock)
        } else {
            expiryFilter = nil
        }
        if let filter = expiryFilter?.handle { rocksdb_options_set_compaction_filter(handle, filter) }
        if case .mergeable(let merge) = format { MergeCallbacks.set(merge, in: handle) }
        setMemory(tuning)
        setWriting(tuning)
        setCompaction(tuning)
        setTables(tuning)
        setSafety(create: mode.creates)
        log?.set(in: handle)
        // Who writes removes files that a reader still needs; those that it has open stay readable.
        if mode.isReader { rocksdb_options_set_max_open_files(handle, -1) }
        // The engine starts as many threads at each opening as this says, 16 if it does not, however few files there
        // are. Of a database that need not have all files open it opens 16 files then.
        if !mode.isReader, tuning.maxOpenFiles != nil { rocksdb_options_set_max_file_opening_threads(handle, 4) }
    }

    /// The engine's defaults, with what its C interface has no call for. Kept for ever.
    ///
    /// Without `allow_fallocate` each log would take as much of the disk from its first byte on as the memtables may
    /// grow to (281 MiB with the documented tuning), and each manifest 4 MiB, until they are closed, also after a kill.
    ///
    /// Newer engines fail an opening, a new family and a change of options that they made, but could not note in the
    /// options file, which nothing of ours reads; with `fail_if_options_file_error` off they go on, as older ones do.
    ///
    /// An engine that does not know a setting does as it does without.
    nonisolated(unsafe) static let defaults: OpaquePointer = {
        var options: OpaquePointer = rocksdb_options_create()
        for setting in ["allow_fallocate=false", "fail_if_options_file_error=false"] {
            var changed: OpaquePointer = rocksdb_options_create()
            let isKnown: Void? = try? engineCall { rocksdb_get_options_from_string(options, setting, changed, $0) }
            if isKnown != nil { swap(&options, &changed) }
            rocksdb_options_destroy(changed)
        }
        return options
    }()

    deinit {
        rocksdb_block_based_options_destroy(tableOptions)
        rocksdb_options_destroy(handle)
    }

    /// Makes the options fit a database with any number of column families. To be called before the options are used.
    ///
    /// With each family that is made or dropped, and at each opening, the engine writes the options of all families
    /// into a file and reads it back: with 1,700 families every new one took a third of a second, and 10,000 of them
    /// hours. It cannot be told not to. But it gives the file up, without harm and without a word, at a level of the
    /// info log that it has no name for; then making the 10,000th takes 15 ms. Beyond every level that there is,
    /// nothing is logged. Not with every engine: see ``EngineFeatures/canGiveUpOptionsFile``; and not where its log is wanted.
    ///
    /// - Parameters:
    ///   - memtables: what those of all families may take together.
    ///   - writesOptionsFile: for tests of what is set.
    func setSharing(memtables: ByteCount, writesOptionsFile: Bool = false) {
        if !writesOptionsFile, log?.goesToFile != true, EngineFeatures.canGiveUpOptionsFile {
            rocksdb_options_set_info_log_level(handle, 6)
        }
        // By default a first write takes a block of 1 MiB, or 10 GiB for 10,000 namespaces.
        rocksdb_options_set_arena_block_size(handle, Self.sharedArenaBlock)
        rocksdb_options_set_max_manifest_file_size(handle, Self.sharedManifestLimit)
        // By default four times what all families together may have in memtables.
        rocksdb_options_set_max_total_wal_size(handle, UInt64(memtables.bytes))
        rocksdb_options_set_db_write_buffer_size(handle, memtables.bytes)
    }

    /// At which size the list of table files is begun anew.
    static let manifestLimit = ByteCount.mebibytes(16).bytes
    /// The same of a database with many column families, which are in it too.
    static let sharedManifestLimit = ByteCount.mebibytes(64).bytes

    private static let sharedArenaBlock = ByteCount.kibibytes(16).bytes

    /// Leaves the files of a column family as they are. To be called before the options are used.
    func stopCompactions() { rocksdb_options_set_disable_auto_compactions(handle, 1) }

    /// Makes iterators step over every version of a key instead of seeking past them. To be called before the options
    /// are used.
    func readEveryVersion() {
        rocksdb_options_set_max_sequential_skip_in_iterations(handle, .max)
    }

    private func setMemory(_ tuning: Tuning) {
        rocksdb_options_set_write_buffer_size(handle, tuning.memtableSize.bytes)
        rocksdb_options_set_max_write_buffer_number(handle, Int32(tuning.maxMemtables))
        // Column families share the memory that one would take.
        rocksdb_options_set_db_write_buffer_size(handle, tuning.memtableBudget.bytes)
        setLogRetention(tuning)
        rocksdb_options_set_max_open_files(handle, tuning.maxOpenFiles.map(Int32.init) ?? -1)
    }

    private func setLogRetention(_ tuning: Tuning) {
        guard !keepsLogs else {
            // Kept whatever their age. The engine would look every ten minutes only, and by its own bounds, which cannot be
            // changed while it is open.
            return rocksdb_options_set_WAL_ttl_seconds(handle, .max)
        }
        if let retention = tuning.walRetention {
            rocksdb_options_set_WAL_ttl_seconds(handle, retention.wholeMilliseconds / 1000)
        }
        if let size = tuning.walRetentionSize {
            rocksdb_options_set_WAL_size_limit_MB(handle, UInt64(size.bytes >> 20))
        }
    }

    private func setWriting(_ tuning: Tuning) {
        if tuning.memtableInsertHints, EngineFeatures.hasInsertHints { _ = kvstore_set_insert_hints(handle) }
        rocksdb_options_set_enable_pipelined_write(handle, tuning.pipelinedWrites ? 1 : 0)
    }

    private func setCompaction(_ tuning: Tuning) {
        rocksdb_options_set_level0_file_num_compaction_trigger(handle, Int32(tuning.level0CompactionTrigger))
        if let slowdown = tuning.level0SlowdownTrigger {
            rocksdb_options_set_level0_slowdown_writes_trigger(handle, Int32(slowdown))
        }
        rocksdb_options_set_level0_stop_writes_trigger(handle, Int32(tuning.level0StopTrigger))
        // The engine keeps one of its background jobs for flushes.
        rocksdb_options_set_max_background_jobs(handle, Int32(tuning.maxConcurrentCompactions + 1))
        rocksdb_options_set_bytes_per_sync(handle, UInt64(tuning.bytesPerSync.bytes))
        rocksdb_options_set_compression(handle, tuning.compression.engineValue)
        if let bottommost = tuning.bottommostCompression {
            rocksdb_options_set_bottommost_compression(handle, bottommost.engineValue)
        }
    }

    private func setTables(_ tuning: Tuning) {
        rocksdb_block_based_options_set_block_cache(tableOptions, cache.handle)
        if tuning.bloomBitsPerKey > 0 {
            // The table options take the policy over and free it.
            rocksdb_block_based_options_set_filter_policy(
                tableOptions, rocksdb_filterpolicy_create_bloom_full(tuning.bloomBitsPerKey))
        }
        if tuning.dataBlockHashIndex {
            rocksdb_block_based_options_set_data_block_index_type(
                tableOptions, Int32(rocksdb_block_based_table_data_block_index_type_binary_search_and_hash))
        }
        rocksdb_block_based_options_set_block_restart_interval(tableOptions, Int32(tuning.blockRestartInterval))
        rocksdb_options_set_block_based_table_factory(handle, tableOptions)
    }

    private func setSafety(create: Bool) {
        rocksdb_options_set_create_if_missing(handle, create ? 1 : 0)
        rocksdb_options_set_error_if_exists(handle, 0)
        // Without it the engine ignores errors of the write-ahead log.
        rocksdb_options_set_paranoid_checks(handle, 1)
        // Any other value can leave a hole in the log after a power cut: older commits gone, newer ones there.
        rocksdb_options_set_wal_bytes_per_sync(handle, 0)
        // Point in time: recovery stops at the first damaged record, so that what survives is a prefix.
        rocksdb_options_set_wal_recovery_mode(handle, Int32(rocksdb_point_in_time_recovery))
        // The engine's info log can end the process on a full or failing disk in builds with assertions: fatal only. It
        // must have no limit of size: with one, the engine writes a header at every opening, whatever the level. With
        // an ``EngineLog`` that calls back there is none.
        rocksdb_options_set_info_log_level(handle, 4)
        rocksdb_options_set_keep_log_file_num(handle, 2)
        // By default 1 GiB, which it would take on the disk beside the data before it is begun anew. It lists some 100 bytes
        // a table file.
        rocksdb_options_set_max_manifest_file_size(handle, Self.manifestLimit)
        rocksdb_options_set_max_log_file_size(handle, 0)
        // Not even with several column families. The engine syncs older logs before it flushes one of several, so that
        // no table file is ahead of the log after a power cut, and it can all be read again from there. With atomic
        // flushes it does so where there is one family too, and a build with assertions ends the process when another
        // thread has just failed to sync such a log, or when two flushes were asked for at the same time for different
        // reasons.
        rocksdb_options_set_atomic_flush(handle, 0)
        // These are written to its info log, which is silent.
        rocksdb_options_set_stats_dump_period_sec(handle, 0)
        rocksdb_options_set_stats_persist_period_sec(handle, 0)
    }
}

/// The engine's cache of uncompressed table blocks. Must outlive every database and value that uses it.
final class BlockCache: @unchecked Sendable {  // the engine's cache is made to be shared
    let handle: OpaquePointer
    let capacity: ByteCount

    init(capacity: ByteCount) {
        self.capacity = capacity
        handle = rocksdb_cache_create_lru(capacity.bytes)
    }

    deinit { rocksdb_cache_destroy(handle) }

    /// What it holds now.
    var usage: Int { rocksdb_cache_get_usage(handle) }

    /// What reads hold on to.
    var pinned: Int { rocksdb_cache_get_pinned_usage(handle) }
}

extension Compression {
    fileprivate var engineValue: Int32 {
        switch self {
        case .none: Int32(rocksdb_no_compression)
        case .snappy: Int32(rocksdb_snappy_compression)
        case .lz4: Int32(rocksdb_lz4_compression)
        case .zstd: Int32(rocksdb_zstd_compression)
        }
    }
}
