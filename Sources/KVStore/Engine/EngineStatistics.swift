/// What the engine has counted and timed in the databases of a store since it was opened.
///
/// By RocksDB's names, of which each version has more or less: `rocksdb.block.cache.hit`, `rocksdb.stall.micros`,
/// `rocksdb.db.get.micros`... Some that tell much:
///
/// | names | what they tell |
/// |---|---|
/// | `rocksdb.block.cache.hit`, `rocksdb.block.cache.miss` | how often a block was in the cache |
/// | `rocksdb.bloom.filter.useful` | how often a filter saved reading a block |
/// | `rocksdb.bytes.written`, `rocksdb.flush.write.bytes`, `rocksdb.compact.write.bytes` | what was committed, and what flushes and compactions made of it |
/// | `rocksdb.stall.micros` | how long writers were held up, in microseconds |
public struct EngineStatistics: Sendable, Hashable {
    /// What was counted.
    public let counters: [String: UInt64]
    /// What was measured each time that it happened; times in microseconds where the name ends with `micros`.
    public let distributions: [String: Distribution]

    /// How values that were measured are spread.
    public struct Distribution: Sendable, Hashable {
        /// How many there were.
        public let count: UInt64
        /// All of them together.
        public let sum: UInt64
        /// The one that half of them do not exceed.
        public let median: Double
        /// The one that 95% of them do not exceed.
        public let percentile95: Double
        /// The one that 99% of them do not exceed.
        public let percentile99: Double
        /// The largest.
        public let maximum: Double

        /// Their mean; nothing when there were none.
        public var mean: Double { count == 0 ? 0 : Double(sum) / Double(count) }
    }
}

extension EngineStatistics {
    /// Reads lines such as `rocksdb.block.cache.hit COUNT : 12` and
    /// `rocksdb.db.get.micros P50 : 1.5 P95 : 2.0 P99 : 3.0 P100 : 9.0 COUNT : 4 SUM : 12`; leaves out what is neither.
    init(parsing text: String) {
        var counters: [String: UInt64] = [:]
        var distributions: [String: Distribution] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard let name = words.first.map(String.init) else { continue }
            // A label, a colon, a value, and so on.
            let values = Dictionary(
                stride(from: 1, to: words.count - 2, by: 3).map { (words[$0], words[$0 + 2]) },
                uniquingKeysWith: { first, _ in first })
            guard let count = values["COUNT"].flatMap({ UInt64($0) }) else { continue }
            guard values.count > 1 else {
                counters[name] = count
                continue
            }
            func value(_ label: Substring) -> Double { values[label].flatMap { Double($0) } ?? 0 }
            distributions[name] = Distribution(
                count: count, sum: values["SUM"].flatMap { UInt64($0) } ?? 0, median: value("P50"),
                percentile95: value("P95"), percentile99: value("P99"), maximum: value("P100"))
        }
        self.init(counters: counters, distributions: distributions)
    }
}
