/// The entries that a keyed workload writes and reads: numbered from 0, spread over the namespaces in turn.
///
/// One instance serves one run. All that is random in it follows from the seed.
struct DataSet: Sendable {
    static let defaultKeys = 1_000_000
    static let usualValueSize = 100

    /// How many entries there are, or will be when all are written.
    let count: Int
    let keySize: Int
    let values: ValueFormat
    let namespaces: Int
    let workers: Int
    let seed: UInt64
    /// Which entries are picked how often; `nil` leaves it to the workload.
    let distribution: KeyDistribution?
    /// What has been acknowledged.
    let ledger: EntryLedger
    /// The entries in random order: for fills, and to spread those that are picked often.
    let shuffled: Permutation

    /// The data set that the options describe.
    ///
    /// - Throws: `UsageError` for sizes and numbers that do not go together.
    init(_ options: RunOptions, valueSize: Int) throws(UsageError) {
        let keySize = options.keySize ?? KeyFormat.defaultSize
        let valueSize = options.valueSize ?? valueSize
        let count = options.keys ?? Self.defaultKeys
        try Self.check("--key-size", keySize, KeyFormat.sizes)
        try Self.check("--value-size", valueSize, ValueFormat.sizes)
        try Self.check("--keys", count, 1...Self.maximumKeys)
        guard count <= KeyFormat.capacity(ofSize: keySize) else {
            throw UsageError(
                "--keys is \(count), but there are only \(KeyFormat.capacity(ofSize: keySize)) keys of --key-size"
                    + " \(keySize); give a larger --key-size")
        }
        // Every worker needs an entry of its own in every namespace.
        let (least, overflow) = options.workers.multipliedReportingOverflow(by: options.namespaces)
        guard !overflow, count >= least else {
            throw UsageError(
                "--keys is \(count); give at least one for each of \(options.workers) workers in each of"
                    + " \(options.namespaces) namespaces")
        }
        self.count = count
        self.keySize = keySize
        values = ValueFormat(size: valueSize, seed: options.seed)
        namespaces = options.namespaces
        workers = options.workers
        seed = options.seed
        distribution = options.distribution
        ledger = EntryLedger(count: count, workers: options.workers)
        shuffled = Permutation(count: count, seed: options.seed)
    }

    private static let maximumKeys = 1_000_000_000

    private static func check(_ option: String, _ value: Int, _ range: ClosedRange<Int>) throws(UsageError) {
        guard range.contains(value) else {
            throw UsageError("\(option) is \(value); give a number from \(range.lowerBound) to \(range.upperBound)")
        }
    }
}

extension DataSet {
    /// The bytes of a key and its value.
    var entrySize: Int { keySize + values.size }

    /// What the document says of it.
    func parameters(batch: Int?, distribution: KeyDistribution?) -> WorkParameters {
        WorkParameters(
            keys: count, keySize: keySize, valueSize: values.size, batch: batch, distribution: distribution)
    }

    /// The namespace that an entry is in.
    func keyspace(of index: Int) -> Int { index % namespaces }

    /// The entry near `index`, in the same namespace or in `keyspace`, that the worker of that number writes and no
    /// other does: what is acknowledged of an entry is then well defined while many write.
    func owned(by worker: Int, near index: Int, in keyspace: Int? = nil) -> Int {
        let keyspace = keyspace ?? self.keyspace(of: index)
        let slot = index / namespaces
        let owned = (slot - slot % workers + worker) * namespaces + keyspace
        return owned < count ? owned : owned - workers * namespaces
    }

    /// `1,000,000 entries of 16 + 100 bytes in 1 namespace`.
    var shape: String {
        "\(NumberText.grouped(count)) entries of \(keySize) + \(values.size) bytes in \(namespaces)"
            + " namespace\(namespaces == 1 ? "" : "s")"
    }
}
