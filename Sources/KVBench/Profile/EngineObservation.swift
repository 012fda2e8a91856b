/// What was seen of this library's store and its process while a load ran, as a process hands it to another.
struct EngineObservation: Codable, Sendable, Equatable {
    /// One moment.
    struct Sample: Codable, Sendable, Equatable {
        /// Seconds since the load began.
        var t = 0.0
        var residentBytes: Int?
        /// What the allocator has given out.
        var heapBytes: Int?
        var memtableBytes = 0
        var cacheBytes = 0
        var pinnedBytes = 0
        var tableReaderBytes = 0
        var level0Files = 0
        var pendingCompactionBytes = 0
        var runningCompactions = 0
        var runningFlushes = 0
    }

    /// How values that the engine measured are spread.
    struct Spread: Codable, Sendable, Equatable {
        var count: UInt64
        var sum: UInt64
        var median: Double
        var p95: Double
        var p99: Double
        var longest: Double
    }

    /// A database as its engine describes it.
    struct Database: Codable, Sendable, Equatable {
        var name: String
        /// The engine's own text: levels, flushes, compactions, stalls.
        var statistics: String
    }

    /// A thread of the process.
    struct ThreadTimes: Codable, Sendable, Equatable {
        var name: String
        var userSeconds: Double
        var systemSeconds: Double
        var waits: Int
        var preemptions: Int
    }

    var samples: [Sample] = []
    /// What the engine counted from when the load began.
    var counters: [String: UInt64] = [:]
    /// What it counted before, while the store was opened and filled.
    var countersBefore: [String: UInt64] = [:]
    var spreads: [String: Spread] = [:]
    var databases: [Database] = []
    var threads: [ThreadTimes] = []
    /// What /proc/PID/io says, from when the load began.
    var io: [String: Int] = [:]
    /// The largest that the cache may become, if one is shared.
    var cacheCapacity: Int?
}
