/// One of the core workloads of the Yahoo! Cloud Serving Benchmark: which operations it mixes.
struct YCSBMix: Sendable {
    /// What an operation other than a read of one entry does.
    enum Other: Sendable {
        /// Writes an entry that is there.
        case update
        /// Adds an entry.
        case insert
        /// Reads an entry and writes it again, in one step.
        case readModifyWrite
    }

    /// The name of the workload.
    let name: String
    /// One line for `kvbench list`.
    let summary: String
    /// How many of a hundred operations only read.
    let reads: Int
    /// Whether those read a range of up to 100 entries rather than one.
    var scans = false
    /// What the rest of the operations do.
    var other = Other.update
    /// Which entries are picked, unless the user says otherwise.
    var distribution = KeyDistribution.zipfian

    static let all = [
        YCSBMix(name: "ycsb-a", summary: "half reads, half updates (YCSB A)", reads: 50),
        YCSBMix(name: "ycsb-b", summary: "95% reads, 5% updates (YCSB B)", reads: 95),
        YCSBMix(name: "ycsb-c", summary: "reads only (YCSB C)", reads: 100),
        YCSBMix(
            name: "ycsb-d", summary: "95% reads of the latest keys, 5% new keys (YCSB D)", reads: 95, other: .insert,
            distribution: .latest),
        YCSBMix(
            name: "ycsb-e", summary: "95% scans of 1 to 100 entries, 5% new keys (YCSB E)", reads: 95, scans: true,
            other: .insert),
        YCSBMix(
            name: "ycsb-f", summary: "half reads, half read-modify-writes (YCSB F)", reads: 50,
            other: .readModifyWrite),
    ]
}
