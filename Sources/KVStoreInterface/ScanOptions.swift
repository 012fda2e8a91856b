/// How a cursor reads.
public struct ScanOptions: Sendable, Hashable {
    /// Whether the blocks that it reads go into the cache. Default true; false for a scan of much that is read once,
    /// which would drive out what others read often. RocksDB: `ReadOptions.fill_cache`.
    public var fillsCache = true

    /// Whether the checksums of blocks that come from disk are checked. Default true. RocksDB:
    /// `ReadOptions.verify_checksums`.
    public var verifiesChecksums = true

    /// How much is read ahead from a file; zero lets the engine decide, which reads more and more ahead as a scan goes
    /// on. Default zero, at most 256 MiB: a cursor may take that much memory for each file that it is in. RocksDB:
    /// `ReadOptions.readahead_size`.
    public var readahead = ByteCount(0)

    /// How many entries a cursor moves to at most, by steps and seeks together; from then on it finds none. Default
    /// nil, no limit; a negative number is as good as zero.
    public var limit: Int?

    /// Whether ``Entry/value`` is left empty, so that no value is copied. Default false. A ``Cursor`` needs no such
    /// choice: it reads a value when it is asked for it.
    public var keysOnly = false

    /// The defaults.
    public init() {}

    /// The engine allocates what it is told, and ends the process when it cannot.
    private static let largestReadahead = ByteCount.mebibytes(256)

    /// What is wrong with the options; nil if nothing is.
    package var violation: String? {
        guard readahead.bytes < 0 || readahead > Self.largestReadahead else { return nil }
        return "readahead is \(readahead), it must be from 0 to \(Self.largestReadahead)"
    }
}
