/// What a workload was told to do: two results can be compared when this is the same.
public struct WorkDocument: Codable, Sendable, Equatable {
    /// The workload's name.
    public var workload: String
    /// How many threads.
    public var workers: Int
    /// What those are: `threads` or `tasks`.
    @OrNull public var workersAre: String? = nil
    /// Over how many namespaces.
    public var namespaces: Int
    /// How many different keys.
    @OrNull public var keys: Int? = nil
    /// Bytes of a key.
    @OrNull public var keySize: Int? = nil
    /// Bytes of a value.
    @OrNull public var valueSize: Int? = nil
    /// Entries that an operation writes or reads, where it may be more than one.
    @OrNull public var batch: Int? = nil
    /// Which keys are picked how often.
    @OrNull public var distribution: String? = nil
    /// Which operations are mixed.
    @OrNull public var mix: String? = nil
    /// How many entries the longest scan of a mix reads.
    @OrNull public var scanLength: Int? = nil
    /// How many seconds entries live.
    @OrNull public var timeToLive: Double? = nil
    /// What the content follows from.
    public var seed: UInt64
    /// The operations a second that it was paced at.
    @OrNull public var rate: Int? = nil
    /// The time after which no operation was started.
    @OrNull public var seconds: Double? = nil
    /// The operations to do in all.
    @OrNull public var operations: Int? = nil
    /// What was done to the same data before.
    @OrNull public var after: String? = nil

    enum CodingKeys: String, CodingKey {
        case workload, workers, namespaces, keys, batch, distribution, mix, seed, rate, operations, after
        case keySize = "key_bytes"
        case valueSize = "value_bytes"
        case timeToLive = "time_to_live_s"
        case workersAre = "workers_are"
        case scanLength = "scan_length"
        case seconds = "duration_s"
    }
}

/// How much operations of one kind wrote or read.
public struct AmountDocument: Codable, Sendable, Equatable {
    /// How many entries: an operation may have several, and one that finds nothing has none.
    public var entries: Int
    /// The bytes of their keys and values.
    public var bytes: Int
    /// Entries per second of the run.
    public var entriesPerSecond: Double
    /// Millions of bytes per second of the run.
    public var megabytesPerSecond: Double

    enum CodingKeys: String, CodingKey {
        case entries, bytes
        case entriesPerSecond = "entries_per_second"
        case megabytesPerSecond = "megabytes_per_second"
    }
}

/// What an engine loses of the acknowledged commits, in words.
public struct LossesDocument: Codable, Sendable, Equatable {
    /// When the process that has the data open is killed.
    public var kill: String
    /// When the power goes.
    public var powerCut: String

    enum CodingKeys: String, CodingKey {
        case kill
        case powerCut = "power_cut"
    }
}
