public import ArgumentParser
public import KVBench
public import KVStore
import SystemPackage

/// What is to be done: the options that all commands which run a workload have in common.
struct WorkOptions: ParsableArguments {
    @Option(help: "The tuning to open the engine with.")
    var tuning = RunOptions().tuning

    @Option(help: "When a commit is acknowledged. (default: as the tuning has it)")
    var durability: Durability?

    @Option(
        help: "The server of the engine postgres: auto for one of its own, or an address. (default: auto)",
        transform: { try ServerChoice.parse($0) })
    var postgres: ServerChoice?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "Give a field of the tuning another value: memtableSize=64MiB. Repeat for more; see kvbench list.",
            valueName: "field=value"),
        transform: { try TuningSetting.parse($0) })
    var settings: [TuningSetting] = []

    @Option(help: "Where the namespaces live: in a database each, or together in one. (default: separate)")
    var layout: LayoutChoice?

    @Option(
        help: "How often the log of buffered commits is synced: 1s, 100ms, none. (default: as the tuning has it)",
        transform: { try WALSyncInterval.parse($0) })
    var walSyncInterval: WALSyncInterval?

    @Option(
        help: "How long to run: 30s, 500ms, 2m. (default: 30s without --operations)",
        transform: { try DurationText.parse($0) })
    var duration: Duration?

    @Option(help: "How many operations to run in all.")
    var operations: Int?

    @Option(help: "How many operations to start a second, over all workers. (default: as many as they can)")
    var rate: Int?

    @Option(help: "How many threads load the engine. (default: 10)")
    var workers: Int?

    @Option(help: "How many tasks load it instead, over its async calls; for mix and ycsb.")
    var tasks: Int?

    @Option(help: "Over how many namespaces the data is spread.")
    var namespaces = RunOptions().namespaces

    @Option(help: "How many keys there are. (default: 1000000; not for messages)")
    var keys: Int?

    @Option(help: "Bytes of a key. (default: 16; not for messages)")
    var keySize: Int?

    @Option(help: "Bytes of a value. (default: 350 for messages, 1000 for ycsb, 100 for others)")
    var valueSize: Int?

    @Option(help: "Entries that an operation writes or reads, where it is more than one; see kvbench list.")
    var batch: Int?

    @Option(help: "Which keys are picked how often, where they are picked at random. (default: uniform; YCSB's own)")
    var distribution: KeyDistribution?

    @Option(
        help: ArgumentHelp(
            "The operations of the workload mix and how often each is picked: read=80,put=15,scan=5; see kvbench list.",
            valueName: "kind=share,..."),
        transform: { try OperationMix.parse($0) })
    var mix: OperationMix?

    @Option(help: "Entries that the longest scan of a mix reads; each reads from 1 on. (default: 100)")
    var scanLength: Int?

    @Option(
        help: "How long the entries of the workload expire live: 1s, 500ms, 2m. (default: 1s)",
        transform: { try DurationText.parse($0) })
    var timeToLive: Duration?

    @Option(
        help: ArgumentHelp(
            "Run the mix that a property file of YCSB describes; other options count more than it.", valueName: "file"))
    var ycsb: String?

    @Option(help: "The same seed writes the same content.")
    var seed = RunOptions().seed

    @Option(help: "Make the directory that is removed again in this one. (default: the current one)")
    var scratch: String?

    /// - Parameter workload: what was asked for; `nil` for the mix where one is given.
    func apply(to options: inout RunOptions, workload: String?) throws {
        if let ycsb {
            let ignored = try YCSBProperties(file: ycsb).apply(to: &options)
            if !ignored.isEmpty {
                Terminal.writeError("kvbench: passed over in \(ycsb): \(ignored.joined(separator: ", "))\n")
            }
        }
        options.workload = workload ?? (mix == nil ? options.workload : "mix")
        options.tuning = tuning
        options.durability = durability
        options.mix = mix ?? options.mix
        options.scanLength = scanLength ?? options.scanLength
        options.server = postgres
        options.settings = settings
        options.layout = layout
        options.walSyncInterval = walSyncInterval
        options.duration = duration ?? options.duration
        options.rate = rate ?? options.rate
        options.operations = operations ?? options.operations
        guard workers == nil || tasks == nil else {
            throw UsageError("--workers are threads, --tasks come in their place; give one of them")
        }
        options.workers = tasks ?? workers ?? options.workers
        options.usesTasks = tasks != nil
        options.namespaces = namespaces
        options.keys = keys ?? options.keys
        options.keySize = keySize
        options.valueSize = valueSize ?? options.valueSize
        options.batch = batch
        options.distribution = distribution ?? options.distribution
        options.timeToLive = timeToLive
        options.seed = seed
        options.scratch = scratch.map { FilePath($0) }
    }
}

extension TuningChoice: ExpressibleByArgument {}
extension Durability: ExpressibleByArgument {}
extension KeyDistribution: ExpressibleByArgument {}
