public import ArgumentParser
import KVBench
import KVStore
import SystemPackage

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Runs a workload and prints what it measured.",
        discussion: """
            Without --data a fresh directory kvbench-XXXXXX is made in the current directory and removed at the end.
            A run ends after --duration or --operations; with both, at the first that is reached. The fills and
            delete-random end by themselves when every key has had its turn.

            Workloads that read or change what is there write all keys first and let the engine settle; that is not
            measured. Every answer is checked, and the whole content at the end.

            With --rate the operations have fixed times, which do not wait for one another, and a latency counts from
            the time at which the operation was due: when the engine stalls, every operation that the stall held up
            shows it. Without, a worker starts an operation when its last has ended.
            """)

    @Argument(help: "What to run; see kvbench list.")
    var workload = RunOptions().workload

    @Option(help: "The engine to load; see kvbench list.")
    var engine = RunOptions().engine

    @Option(
        help: "The server of the engine postgres: auto for one of its own, or an address. (default: auto)",
        transform: { try ServerChoice.parse($0) })
    var postgres: ServerChoice?

    @Option(help: "The tuning to open it with.")
    var tuning = RunOptions().tuning

    @Option(help: "When a commit is acknowledged. (default: as the tuning has it)")
    var durability: Durability?

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

    @Option(help: "How many threads load the engine.")
    var workers = RunOptions().workers

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

    @Option(help: "The same seed writes the same content.")
    var seed = RunOptions().seed

    @Option(help: "An empty or new directory for the data, which stays.")
    var data: String?

    @Option(help: "Write the result to this file as JSON.")
    var json: String?

    @Flag(help: "Print no progress and no table.")
    var quiet = false

    func run() throws {
        let stop = StopRequest()
        try SignalListener.start(stop)
        try withExitStatus {
            let resultFile = try json.map { try ResultFile($0) }
            let benchmark = try Benchmark(options)
            let report = try benchmark.run(stop: stop, showsProgress: !quiet && Terminal.showsProgress) {
                if !quiet { Terminal.write(benchmark.announcement + "\n") }
            }
            if !quiet { Terminal.write(report.table) }
            try resultFile?.write(report.document)
            if report.exitStatus != 0 {
                if quiet { Terminal.writeError(report.errorText) }
                throw ExitCode(report.exitStatus)
            }
        }
    }

    private var options: RunOptions {
        var options = RunOptions()
        options.workload = workload
        options.engine = engine
        options.server = postgres
        options.tuning = tuning
        options.durability = durability
        options.walSyncInterval = walSyncInterval
        options.duration = duration
        options.rate = rate
        options.operations = operations
        options.workers = workers
        options.namespaces = namespaces
        options.keys = keys
        options.keySize = keySize
        options.valueSize = valueSize
        options.batch = batch
        options.distribution = distribution
        options.seed = seed
        options.data = data.map { FilePath($0) }
        return options
    }
}

extension TuningChoice: ExpressibleByArgument {}
extension Durability: ExpressibleByArgument {}
extension KeyDistribution: ExpressibleByArgument {}
