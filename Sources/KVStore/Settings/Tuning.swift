/// The engine settings of one database.
///
/// A plain value with two presets, ``namespace`` and ``metadata``: the documented tuning. Change a field, then ``validate()``; a store validates the tuning it is opened with. Each field names the
/// Pebble option of the documented tuning and the RocksDB option that it sets.
public struct Tuning: Sendable, Hashable, Codable {
    /// What a commit survives when the call does not say. Default `.buffered`.
    ///
    /// Pebble: `NoSync`/`Sync` at commit. RocksDB: `WriteOptions.sync`.
    public var durability: Durability

    /// The capacity of the cache of uncompressed blocks. Default 1 GiB; metadata 256 MiB.
    ///
    /// A capacity, filled as blocks are read. Ignored for namespaces while ``StoreConfiguration/blockCache`` is
    /// `.shared`. Pebble: `Cache`. RocksDB: `block_cache` (LRU).
    public var blockCacheCapacity: ByteCount

    /// How much memory may be taken by values that were read, above the engine's caches; `nil` for none. Default `nil`.
    ///
    /// For keys that are read again and again: a value that is there is found without a look into memtables, indexes and
    /// blocks. Per open namespace, filled as values are read, beside ``blockCacheCapacity``, which can be so much smaller.
    /// A write takes its keys out; the deletion of a range and a load take out all. When it is full, what was not asked
    /// for lately goes, and what is asked for the second time comes in. A value comes in up to a 512th of it, or 32 KiB
    /// where that is more, but never over an eighth.
    ///
    /// Reads of one key of a namespace and in an update use it; cursors, snapshots, transactions and `getMany` do not, nor
    /// does a store that only reads beside a writer. From 64 KiB on. The tuning guide has what it gains and costs.
    /// RocksDB has nothing like it.
    public var valueCache: ByteCount?

    /// How much memory is for `.buffered` commits that gather in front of the memtable, from where they are handed on many
    /// at a time; `nil` for none. Default `nil`.
    ///
    /// For small commits at a high rate. What a commit promises stays the same: it is in a file that is mapped into memory,
    /// which survives the process, before it is acknowledged, and the next opening hands it on; the log is synced as
    /// often, with all that was committed before. Reads of one key and updates find what gathers; all other calls have it
    /// handed on first, so a namespace that is scanned after each commit gains nothing. Commits that are `.synced` or
    /// `.unlogged`, merge, delete a range or are larger than an eighth of it, and loads, go to the engine at once, and so do
    /// all that come meanwhile.
    ///
    /// Half of it is handed on at a time, or 32,768 writes where that is less: the more at a time, the cheaper is each. Takes as
    /// much disk, in the database's folder, and twice that of memory, for the file and for the process, and a table of half
    /// its size, 2.3 MiB at most. When a page of the file cannot be written to, because its disk failed or its file system was
    /// shut down, nothing gathers from then on and nothing is lost: the kernel tells it by SIGBUS, of which the process's
    /// handler is set, once and only where this is; other causes go to the handler that was there. A program that sets one
    /// later, or blocks SIGBUS in a thread that commits, is ended then. A store that is open for reading only sees what was
    /// handed on, whether the writer is there or was killed. From the first read of changes on, and where ``NamespaceOptions/changes`` are kept, nothing
    /// gathers; nor where there is no room for the file. From 64 KiB to 1 GiB; 8 MiB are enough for entries of 100 bytes. The
    /// tuning guide has what it gains. RocksDB has nothing like it.
    public var commitBuffer: ByteCount?

    /// The size at which a memtable is full and a new one begins. Default 256 MiB; metadata 128 MiB.
    ///
    /// Larger memtables absorb more writes before a flush, take that much more memory, and make recovery after a crash
    /// replay that much more log. Pebble: `MemTableSize`. RocksDB: `write_buffer_size`.
    public var memtableSize: ByteCount

    /// How many memtables, full ones included, there may be before writes wait. Default 4.
    ///
    /// Pebble: `MemTableStopWritesThreshold`. RocksDB: `max_write_buffer_number`.
    public var maxMemtables: Int

    /// The number of level-0 files that starts a compaction. Default 4.
    ///
    /// Pebble counts sublevels, RocksDB files. Pebble: `L0CompactionThreshold`. RocksDB:
    /// `level0_file_num_compaction_trigger`.
    public var level0CompactionTrigger: Int

    /// The number of level-0 files from which writes are slowed; `nil` leaves the engine's own (20). Default 8.
    ///
    /// Must lie between the compaction and the stop trigger: RocksDB silently raises a stop trigger that is below it.
    /// RocksDB: `level0_slowdown_writes_trigger`; Pebble has none.
    public var level0SlowdownTrigger: Int?

    /// The number of level-0 files at which writes wait for a compaction. Default 12.
    ///
    /// Pebble: `L0StopWritesThreshold`. RocksDB: `level0_stop_writes_trigger`.
    public var level0StopTrigger: Int

    /// How many compactions may run at once. Default 4; metadata 3.
    ///
    /// Pebble: `MaxConcurrentCompactions`. RocksDB: `max_background_jobs`, set to one more, because the engine keeps
    /// one job for flushes.
    ///
    /// In a store with the layout ``StoreLayout/singleDatabase`` the store's ``StoreConfiguration/namespaceTuning``
    /// counts for all namespaces.
    public var maxConcurrentCompactions: Int

    /// After how many bytes of a table file being written the kernel is asked to write them out. Default 1 MiB;
    /// metadata 512 KiB; 0 leaves it to the kernel.
    ///
    /// Smooths the disk's load; no promise rests on it. Pebble: `BytesPerSync`. RocksDB: `bytes_per_sync`.
    ///
    /// In a store with the layout ``StoreLayout/singleDatabase`` the store's ``StoreConfiguration/namespaceTuning``
    /// counts for all namespaces.
    public var bytesPerSync: ByteCount

    /// How many table files this database keeps open; `nil` for all of them. Default 1,000.
    ///
    /// Counts against the descriptor limit of the process, per open database. Pebble: `MaxOpenFiles`. RocksDB:
    /// `max_open_files`.
    ///
    /// In a store with the layout ``StoreLayout/singleDatabase`` the store's ``StoreConfiguration/namespaceTuning``
    /// counts for all namespaces.
    public var maxOpenFiles: Int?

    /// How blocks are compressed. Default Snappy.
    ///
    /// Pebble: `Compression`. RocksDB: `compression`.
    public var compression: Compression

    /// How blocks of the bottommost level are compressed; `nil` for the same as ``compression``. Default `nil`.
    ///
    /// RocksDB: `bottommost_compression`.
    public var bottommostCompression: Compression?

    /// Bits of bloom filter a key; 0 for no filter. Default 10, about one false positive in a hundred.
    ///
    /// Beyond the documented tuning. Reads of cached data took 4,860 ns a key with it and 7,100 without, reads of
    /// missing keys 1,070 and 8,090 (RocksDB 7.8.3, 2 cores). RocksDB: `filter_policy`.
    public var bloomBitsPerKey: Double

    /// Whether data blocks carry a hash index for point reads. Default true.
    ///
    /// Beyond the documented tuning: 4,730 ns a key with it, 4,860 without (as above). RocksDB:
    /// `data_block_index_type`.
    public var dataBlockHashIndex: Bool

    /// How many keys share one restart point in a data block. Default 16, the engine's own.
    ///
    /// Fewer make point reads faster and blocks larger. RocksDB: `block_restart_interval`.
    public var blockRestartInterval: Int

    /// Whether memtables remember where keys of a kind were inserted last, so that keys which come in order are not
    /// searched for from the top. Default true.
    ///
    /// Beyond the documented tuning; see its guide for what it gains. Takes up to 300 KiB a memtable. Has an effect
    /// with RocksDB 7.8.3 only, which it was tested with. RocksDB: `memtable_insert_with_hint_prefix_extractor`.
    public var memtableInsertHints: Bool

    /// Whether a commit is written to the log while the one before is inserted into the memtable. Default true.
    ///
    /// Beyond the documented tuning: threads that commit at the same time wait less for each other, a single one as
    /// long; see its guide for what it gains. Commits keep their order in the log, in the memtable and for readers.
    /// RocksDB: `enable_pipelined_write`.
    ///
    /// In a store with the layout ``StoreLayout/singleDatabase`` the store's ``StoreConfiguration/namespaceTuning``
    /// counts for all namespaces.
    public var pipelinedWrites: Bool

    /// How long files of the write-ahead log are kept beyond what recovery needs, for ``Namespace/changes(since:)``;
    /// `nil` for not at all, or as ``walRetentionSize`` says. Default `nil`. ``NamespaceOptions/changes`` is bounded more
    /// exactly, and can be changed while the database is open.
    ///
    /// Takes the disk space of what is committed in that time. From 1 s on, in whole seconds; the engine looks for
    /// files that are too old every half of it, at most every 10 minutes. RocksDB: `WAL_ttl_seconds`.
    ///
    /// In a store with the layout ``StoreLayout/singleDatabase`` the store's ``StoreConfiguration/namespaceTuning``
    /// counts for all namespaces.
    public var walRetention: Duration?

    /// How much of the write-ahead log is kept beyond what recovery needs, for ``Namespace/changes(since:)``; `nil` for
    /// none of it, or as ``walRetention`` says. Default `nil`. With both, what exceeds either goes.
    ///
    /// From 1 MiB on, in whole MiB; the engine looks every 10 minutes, and until then may keep more. RocksDB:
    /// `WAL_size_limit_MB`.
    ///
    /// In a store with the layout ``StoreLayout/singleDatabase`` the store's ``StoreConfiguration/namespaceTuning``
    /// counts for all namespaces.
    public var walRetentionSize: ByteCount?
}
