extension Tuning {
    /// The documented tuning of a namespace's database.
    public static let namespace = Tuning(
        durability: .buffered,
        blockCacheCapacity: .gibibytes(1),
        memtableSize: .mebibytes(256),
        maxMemtables: 4,
        level0CompactionTrigger: 4,
        level0SlowdownTrigger: 8,
        level0StopTrigger: 12,
        maxConcurrentCompactions: 4,
        bytesPerSync: .mebibytes(1),
        maxOpenFiles: 1000,
        compression: .snappy,
        bottommostCompression: nil,
        bloomBitsPerKey: 10,
        dataBlockHashIndex: true,
        blockRestartInterval: 16,
        memtableInsertHints: true,
        pipelinedWrites: true
    )

    /// The documented tuning of the metadata database. Its commits are always synced, whatever ``durability`` says.
    public static let metadata: Tuning = {
        var tuning = Tuning.namespace
        tuning.durability = .synced
        tuning.blockCacheCapacity = .mebibytes(256)
        tuning.memtableSize = .mebibytes(128)
        tuning.maxConcurrentCompactions = 3
        tuning.bytesPerSync = .kibibytes(512)
        return tuning
    }()

    /// The settings that the documented tuning replaced, of both databases: every commit synced, small caches and
    /// memtables, one compaction at a time. For comparison, not for use.
    package static let before = Tuning(
        durability: .synced,
        blockCacheCapacity: .mebibytes(128),
        memtableSize: .mebibytes(64),
        maxMemtables: 2,
        level0CompactionTrigger: 4,
        level0SlowdownTrigger: nil,
        level0StopTrigger: 12,
        maxConcurrentCompactions: 1,
        bytesPerSync: .kibibytes(512),
        maxOpenFiles: 1000,
        compression: .snappy,
        bottommostCompression: nil,
        bloomBitsPerKey: 0,
        dataBlockHashIndex: false,
        blockRestartInterval: 16,
        memtableInsertHints: false,
        pipelinedWrites: false
    )

    /// The memory that one open database with this tuning can take, its block cache left out: all its memtables.
    public var memtableBudget: ByteCount { maxMemtables * memtableSize }
}
