import ArgumentParser
import KVBench
import KVStore
import SystemPackage

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Runs a workload and prints what it measured.",
        discussion: """
            Without --data a fresh directory kvbench-XXXXXX is made in the current directory, or in that of --scratch, and \
            removed at the end. A run ends after --duration or --operations; with both, at the first that is reached. The \
            fills and delete-random end by themselves when every key has had its turn.

            Workloads that read or change what is there write all keys first and let the engine settle; that is not \
            measured. Every answer is checked, and the whole content at the end.

            With --rate the operations have fixed times, which do not wait for one another, and a latency counts from \
            the time at which the operation was due: when the engine stalls, every operation that the stall held up \
            shows it. Without, a worker starts an operation when its last has ended.

            Ctrl-C ends a run early: what it has measured is printed and written, marked as cut short.
            """)

    @Argument(help: "What to run; see kvbench list.", completion: .list(CatalogListing.workloadNames))
    var workload = RunOptions().workload

    @Option(help: "The engine to load; see kvbench list.", completion: .list(CatalogListing.engineNames))
    var engine = RunOptions().engine

    @Option(help: "The tuning to open it with.")
    var tuning = RunOptions().tuning

    @Option(help: "When a commit is acknowledged. (default: as the tuning has it)")
    var durability: Durability?

    @OptionGroup var work: WorkOptions

    @Option(help: "An empty or new directory for the data, which stays.")
    var data: String?

    @Option(help: ArgumentHelp("Write the result to this file as JSON; - for standard output.", valueName: "file"))
    var json: String?

    @Option(help: ArgumentHelp("Write the figures to this file, a line of names and one of values.", valueName: "file"))
    var csv: String?

    @Option(
        help: ArgumentHelp(
            "Print a line this often, for a log: 1s, 10s. (default: on a terminal one that is written over)",
            valueName: "duration"),
        transform: { try DurationText.parse($0) })
    var interval: Duration?

    @Flag(help: "Print no progress and no table.")
    var quiet = false

    func run() throws {
        let stop = StopRequest()
        try SignalListener.start(stop)
        try withExitStatus {
            let files = try ResultFiles(json: json, csv: csv)
            let benchmark = try Benchmark(options)
            let report = try benchmark.run(
                stop: stop, showsProgress: !quiet && (interval != nil || Terminal.showsProgress)
            ) {
                if !quiet { Terminal.write(benchmark.announcement + "\n", unless: files.onStandardOutput) }
            }
            if !quiet { Terminal.write(report.table, unless: files.onStandardOutput) }
            try files.json?.write(report.document)
            try files.csv?.write(text: CSVText.text(report.document))
            if report.signal != nil {
                Terminal.writeError("kvbench: interrupted; the result is of what ran until then\n")
            }
            if report.exitStatus != 0 {
                if quiet, report.document.errors > 0 { Terminal.writeError(report.errorText) }
                throw ExitCode(report.exitStatus)
            }
        }
    }

    private var options: RunOptions {
        var options = RunOptions()
        work.apply(to: &options)
        options.workload = workload
        options.engine = engine
        options.tuning = tuning
        options.durability = durability
        options.interval = interval
        options.data = data.map { FilePath($0) }
        return options
    }
}
