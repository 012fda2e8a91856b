internal import Glibc
public import Logging

/// How a store is opened. The defaults are the documented tuning.
public struct StoreConfiguration: Sendable {
    /// The tuning of the namespaces' databases. Default ``Tuning/namespace``.
    public var namespaceTuning: Tuning

    /// The tuning of the metadata database. Default ``Tuning/metadata``.
    public var metadataTuning: Tuning

    /// Who shares the block cache, and how large it is. Default one of 1 GiB for all namespaces.
    ///
    /// It fills as blocks are read and then stays: the memory is in ``Store/memoryBudget``. RocksDB: `block_cache`, an
    /// LRU cache.
    public var blockCache: BlockCachePolicy

    /// What a commit survives when the call does not say; `nil` for what the tuning says. Default `nil`, and so
    /// `.buffered`.
    public var durability: Durability?

    /// How long a `.buffered` commit may stay out of reach of a sync; `nil` to sync only on demand. Default 1 second.
    ///
    /// A power cut loses at most the commits of the last interval plus the time that one sync takes. A process that is
    /// killed loses nothing. Shorter costs more syncs of the disk, one an interval and namespace that was written.
    public var walSyncInterval: Duration?

    /// How many namespaces' databases are kept open at most. Default 50.
    ///
    /// When one more is used, one that was not used lately and is idle is closed, its log synced first, and opened
    /// again when next used, which takes some milliseconds. One that is used by a call, a cursor, a snapshot, a pinned
    /// value or a running compaction stays: the limit gives way, so that no call fails for it. Each open one takes some
    /// 20 descriptors and its memtables: see ``Store/memoryBudget``. Fewer are open where the process may have too few
    /// descriptors (`RLIMIT_NOFILE`). Without effect in a store with the layout ``StoreLayout/singleDatabase``, whose
    /// namespaces are all open.
    public var maxOpenNamespaces: Int

    /// The most that the memtables of all open namespaces may take together; `nil` for no limit but that of each.
    /// Default 1 GiB, which is what one namespace with the documented tuning can take.
    ///
    /// Looked at from every 20 ms on, close to the limit, to once a second, far below it: when the sum is over it, the
    /// largest memtables are written to table files in the background, those that nobody used of late first. Writers
    /// are not stopped meanwhile, so it can be exceeded by what they fill in such a moment. RocksDB's counterpart, a
    /// write buffer manager that databases share, is not in the C API of all versions, and has the database flush that
    /// is being written to, not the one that holds the most.
    public var memtableLimit: ByteCount?

    /// How many threads the async reads, commits, updates, transactions, syncs and flushes of the store have at most.
    /// Default two a core, at least 4 and at most 64.
    ///
    /// An async call that need not wait takes none. Others wait for one that is free, in their order: raise it where
    /// many wait for the disk at a time, or where closures of updates and transactions take long. Threads are made as
    /// they are needed and end after 10 seconds without work.
    public var callThreads: Int

    /// How many of the async calls that take long run at a time: ``Store/verify()``, ``Store/backup(to:checksShared:)``,
    /// ``Store/checkpoint(to:)``, ``Store/copy(to:layout:)``, ``Namespace/verify()``, ``Namespace/compact(_:)`` and
    /// ``Namespace/ingest(_:)``. Default 4.
    ///
    /// Others of them wait for their turn, and no other call does: they have threads of their own, as have those that
    /// create, drop, change and reopen namespaces.
    public var maintenanceThreads: Int

    /// The merge operators of your own that namespaces were or will be created with. Default none.
    ///
    /// The built-in ones need not be here. Opening a namespace whose operator is missing throws `.invalidArgument`; the
    /// others open all the same.
    public var mergeOperators: [MergeOperator]

    /// What tells the date to namespaces with a ``NamespaceOptions/timeToLive``, and how old kept
    /// ``NamespaceOptions/changes`` are, which carry the system's date; `nil` for the system's clock. Default `nil`. For
    /// tests, which need not wait then. Called at each read and write of such a namespace, from any thread.
    public var timeToLiveClock: (@Sendable () -> Timestamp)?

    /// How the namespaces of a store that is created lie on disk, ``StoreLayout/separateDatabases`` when `nil`; what
    /// the store has to have when it is there, any when `nil`. Default `nil`.
    ///
    /// Opening a store of another layout throws `.invalidArgument`: none is converted unasked.
    public var layout: StoreLayout?

    /// Whether a store is created where there is none. Default true; without, opening a folder that holds none throws
    /// `.notAStore`. RocksDB: `create_if_missing`, which is only set when a database is made, since the engine would
    /// begin an empty one in the place of one whose CURRENT file is lost.
    public var createIfMissing: Bool

    /// Who else may have the store open, and whether this handle writes. Default ``Access/readWrite``.
    public var access: Access

    /// Whether a namespace, or the metadata database with the list of them, is opened although it lacks commits that
    /// were known to be on disk. Default false: opening it throws `.corruption`.
    ///
    /// The numbers of the commits that are lost are given to others. A ``ChangeConsumer`` that had acknowledged some of them
    /// is told by `.changesLost` until it is moved.
    public var acceptsDataLoss: Bool

    /// Where the store reports what its user should know and no call returns. Default a logger labelled `kvstore`.
    ///
    /// Problems are warnings and errors, writers that are held up are notices, what is opened, closed, flushed and
    /// compacted is for debugging. No line has a key or a value in it.
    ///
    /// With RocksDB 9.10 and newer the engine's own warnings and errors go there too, on a thread of their own, with the
    /// folder of the database as the metadata `database`; what it repeats, once a minute. There is no key or value in
    /// them. Older ones cannot call back, and are silent unless ``writesEngineLog`` is set: RocksDB's `info_log`.
    public var logger: Logger

    /// Whether the engine writes a log of its own, named `LOG`, into the folder of each database. Default false.
    ///
    /// It tells of openings with all options, flushes, compactions, stalls and errors in RocksDB's own words, for questions that
    /// are asked in its terms. Nothing of the engine goes to ``logger`` then. A file has 8 MiB at most, and a database four of
    /// them: 32 MiB a database, which are in ``Store/diskBudget()``. The first and last keys of table files may be in it. A
    /// reader writes none. With `StoreLayout.singleDatabase` making a namespace takes longer the more there are, since the
    /// engine then keeps the options of all in a file too. RocksDB: `info_log_level`, `max_log_file_size`,
    /// `keep_log_file_num`.
    public var writesEngineLog: Bool

    /// From how long on a call on a namespace is logged as slow, as a warning with the call's name, the namespace and how
    /// long it took; `nil` for never, and then no clock is read. Default `nil`.
    ///
    /// Counts are the time that a call is in the namespace, waiting for others and opening its database included, but not
    /// the time that an async one waits for a thread, and not the steps of cursors. One a second is logged at most, with
    /// how many others there were; compactions and loads that were asked for are not. There is no key or value in it.
    public var slowOperationThreshold: Duration?

    /// Whether the engine counts and times what it does, for ``Store/engineStatistics``. Default false: each read and
    /// write then takes a few looks at the clock more. RocksDB: `statistics`, without its detailed timers.
    public var collectsEngineStatistics: Bool

    /// The documented tuning.
    public init() {
        namespaceTuning = .namespace
        metadataTuning = .metadata
        blockCache = .shared(.gibibytes(1))
        durability = nil
        walSyncInterval = .seconds(1)
        maxOpenNamespaces = 50
        memtableLimit = .gibibytes(1)
        callThreads = Self.documentedCallThreads
        maintenanceThreads = 4
        mergeOperators = []
        timeToLiveClock = nil
        layout = nil
        createIfMissing = true
        access = .readWrite
        acceptsDataLoss = false
        logger = Logger(label: "kvstore")
        writesEngineLog = false
        slowOperationThreshold = nil
        collectsEngineStatistics = false
    }

    /// What the documented tuning replaced: ``Tuning/before`` for both databases, a cache for each namespace, every
    /// commit synced. For comparison, not for use.
    package static var before: StoreConfiguration {
        var configuration = StoreConfiguration()
        configuration.namespaceTuning = .before
        configuration.metadataTuning = .before
        configuration.blockCache = .perNamespace
        configuration.memtableLimit = nil
        return configuration
    }
}

extension StoreConfiguration {
    /// Has notices left out of the log: for a tool that measures what they tell of.
    package mutating func logWarningsOnly() { logger.logLevel = max(logger.logLevel, .warning) }

    /// The merge operator of a name, built in or of the configuration.
    func mergeOperator(_ name: String) -> MergeOperator? {
        (MergeOperator.builtIn + mergeOperators).first { $0.name == name }
    }

    private static let mostThreads = 4096

    private func validateMergeOperators() throws(StoreError) {
        var names: Set<String> = []
        for merge in mergeOperators {
            let name = merge.name
            let isPlain = !name.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }
            guard isPlain, (1...255).contains(name.utf8.count), !name.hasPrefix(MergeOperator.builtInPrefix) else {
                throw StoreError(
                    .invalidArgument, .open,
                    "the name of a merge operator has 1 to 255 bytes of UTF-8 without control characters and does not begin "
                        + "with \"\(MergeOperator.builtInPrefix)\"")
            }
            guard names.insert(name).inserted else {
                throw StoreError(.invalidArgument, .open, "two merge operators have the name \"\(name)\"")
            }
        }
    }

    /// Checks what opening a store would refuse of it.
    package func validate() throws(StoreError) {
        try validateMergeOperators()
        try namespaceTuning.validate()
        try metadataTuning.validate()
        guard maxOpenNamespaces >= 1 else {
            throw StoreError(
                .invalidArgument, .open, "maxOpenNamespaces is \(maxOpenNamespaces), it must be at least 1")
        }
        for (name, threads) in [("callThreads", callThreads), ("maintenanceThreads", maintenanceThreads)] {
            guard (1...Self.mostThreads).contains(threads) else {
                throw StoreError(
                    .invalidArgument, .open, "\(name) is \(threads), it must be from 1 to \(Self.mostThreads)")
            }
        }
        if let memtableLimit, memtableLimit < .mebibytes(1) {
            throw StoreError(
                .invalidArgument, .open, "memtableLimit is \(memtableLimit), it must be at least 1 MiB")
        }
        if case .shared(let capacity) = blockCache, capacity.bytes < 0 {
            throw StoreError(.invalidArgument, .open, "blockCache is shared(\(capacity)), it must not be negative")
        }
        if let walSyncInterval, walSyncInterval < .milliseconds(1) {
            throw StoreError(
                .invalidArgument, .open,
                "walSyncInterval is \(walSyncInterval), it must be at least 1 ms; use the durability .synced instead")
        }
        if let slowOperationThreshold, slowOperationThreshold <= .zero {
            throw StoreError(
                .invalidArgument, .open,
                "slowOperationThreshold is \(slowOperationThreshold), it must be more than nothing")
        }
    }
}

extension StoreConfiguration {
    /// Two threads a core, at least 4 and at most 64.
    static var documentedCallThreads: Int { max(4, min(64, 2 * sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }
}
