import Testing

@testable import KVBench

@Suite("Options of keyed workloads")
struct KeyedOptionsTests {
    @Test(
        "An option that would change nothing is refused",
        arguments: [
            ("messages", "--keys"), ("messages", "--key-size"), ("messages", "--batch"), ("messages", "--distribution"),
            ("fill-sequential", "--batch"), ("fill-sequential", "--distribution"), ("fill-random", "--distribution"),
            ("fill-random", "--batch"), ("overwrite", "--batch"), ("read-random", "--batch"),
            ("read-missing", "--batch"), ("read-hot", "--distribution"), ("read-hot", "--batch"),
            ("scan", "--distribution"), ("read-while-writing", "--batch"), ("delete-random", "--distribution"),
            ("delete-random", "--batch"), ("ycsb-a", "--batch"), ("ycsb-e", "--batch"),
            ("ycsb-a", "--mix"), ("read-random", "--mix"), ("ycsb-a", "--scan-length"), ("scan", "--scan-length"),
            ("messages", "--mix"),
        ])
    func refused(workload: String, option: String) throws {
        let error = try #require(throws: UsageError.self) { try Benchmark(all(of: workload, but: option)) }
        #expect(error.message.contains("'\(workload)'"))
        #expect(error.message.contains(option))
        // The message names the workloads that do take it.
        let takers = WorkloadCatalog.entries.filter { $0.options.contains { $0.rawValue == option } }
        #expect(!takers.isEmpty)
        for taker in takers { #expect(error.message.contains(taker.name)) }
    }

    private static let mix = OperationMix([(.read, 80), (.put, 15), (.scan, 5)])

    /// Options with just this one of those that not all workloads take.
    private func all(of workload: String, but option: String) -> RunOptions {
        var options = RunOptions()
        options.workload = workload
        if workload == "mix" { options.mix = Self.mix }
        switch WorkloadOption(rawValue: option) {
        case .keys: options.keys = 1000
        case .keySize: options.keySize = 20
        case .valueSize: options.valueSize = 400
        case .batch: options.batch = 10
        case .distribution: options.distribution = .uniform
        case .mix: options.mix = Self.mix
        case .scanLength: options.scanLength = 7
        case .timeToLive: options.timeToLive = .seconds(2)
        case .tasks: options.usesTasks = true
        case nil: break
        }
        return options
    }

    @Test("An option is accepted where it acts", arguments: WorkloadCatalog.entries.map(\.name))
    func accepted(workload: String) throws {
        for option in try WorkloadCatalog.entry(named: workload).options {
            #expect(throws: Never.self) { try Benchmark(all(of: workload, but: option.rawValue)) }
        }
    }

    @Test(
        "What cannot be run is refused with what to give instead",
        arguments: [
            (Refusal { $0.keys = 0 }, ["--keys", "from 1"]),
            (Refusal { $0.keys = -1 }, ["--keys", "from 1"]),
            (Refusal { $0.keys = .max }, ["--keys", "to 1000000000"]),
            (Refusal { $0.keySize = 3 }, ["--key-size", "from 4 to"]),
            (Refusal { $0.keySize = 1 << 20 }, ["--key-size", "from 4 to"]),
            (Refusal { $0.valueSize = 7 }, ["--value-size", "from 8 to"]),
            (Refusal { $0.valueSize = .max }, ["--value-size", "from 8 to"]),
            (Refusal { $0.batch = 0 }, ["--batch", "from 1 to"]),
            (Refusal { $0.batch = .max }, ["--batch", "from 1 to"]),
            (Refusal { ($0.keys, $0.keySize) = (10_001, 4) }, ["--key-size", "10000 keys"]),
            (Refusal { $0.keys = 9 }, ["--keys", "10 workers"]),
            (Refusal { ($0.keys, $0.namespaces) = (19, 2) }, ["--keys", "2 namespaces"]),
            (Refusal { ($0.workload, $0.batch, $0.workers) = ("read-while-writing", nil, 1) }, ["--workers", "2"]),
            (Refusal { ($0.workload, $0.batch, $0.keySize) = ("ycsb-d", nil, 11) }, ["--key-size", "at least 12"]),
        ])
    func refusals(refusal: Refusal, words: [String]) throws {
        var options = RunOptions()
        options.workload = "batch-write"
        options.keys = 1000
        options.batch = 10
        _ = try Benchmark(options)
        refusal.change(&options)
        let error = try #require(throws: UsageError.self) { try Benchmark(options) }
        for word in words { #expect(error.message.contains(word)) }
    }

    struct Refusal: Sendable {
        let change: @Sendable (inout RunOptions) -> Void
        init(_ change: @escaping @Sendable (inout RunOptions) -> Void) { self.change = change }
    }
}
