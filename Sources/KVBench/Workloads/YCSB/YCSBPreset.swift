/// A core workload of the Yahoo! Cloud Serving Benchmark: a mix with a name, over values of 1,000 bytes as it has them.
struct YCSBPreset: Sendable {
    /// The name of the workload.
    let name: String
    /// One line for `kvbench list`.
    let summary: String
    let mix: OperationMix
    /// Which entries are picked, unless the user says otherwise.
    var distribution = KeyDistribution.zipfian

    static let valueSize = 1000

    static let all = [
        YCSBPreset(
            name: "ycsb-a", summary: "half reads, half updates (YCSB A)", mix: OperationMix([(.read, 50), (.put, 50)])),
        YCSBPreset(
            name: "ycsb-b", summary: "95% reads, 5% updates (YCSB B)", mix: OperationMix([(.read, 95), (.put, 5)])),
        YCSBPreset(name: "ycsb-c", summary: "reads only (YCSB C)", mix: OperationMix([(.read, 100)])),
        YCSBPreset(
            name: "ycsb-d", summary: "95% reads of the latest keys, 5% new keys (YCSB D)",
            mix: OperationMix([(.read, 95), (.insert, 5)]), distribution: .latest),
        YCSBPreset(
            name: "ycsb-e", summary: "95% scans of 1 to 100 entries, 5% new keys (YCSB E)",
            mix: OperationMix([(.scan, 95), (.insert, 5)])),
        YCSBPreset(
            name: "ycsb-f", summary: "half reads, half read-modify-writes (YCSB F)",
            mix: OperationMix([(.read, 50), (.update, 50)])),
    ]

    static let entries = all.map { preset in
        var options: Set<WorkloadOption> = [.keys, .keySize, .valueSize, .distribution, .tasks]
        if preset.mix.has(.scan) { options.insert(.scanLength) }
        return WorkloadEntry(
            name: preset.name, summary: preset.summary, options: options,
            making: .dataSet(valueSize: valueSize) { (data, options) throws(UsageError) in
                try MixWorkload(preset.mix, preset.distribution, data, options)
            })
    }
}
