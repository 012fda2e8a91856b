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

            Workloads with commas between them are run one after another on the same data, each measured by itself:

              kvbench run fill-random,settle,read-random
              kvbench run fill-random --data store
              kvbench run read-random --data store --reuse

            Workloads that read or change what is there write all keys first and let the engine settle; that is not \
            measured. Every answer is checked, and the whole content at the end.

            With --rate the operations have fixed times, which do not wait for one another, and a latency counts from \
            the time at which the operation was due: when the engine stalls, every operation that the stall held up \
            shows it. Without, a worker starts an operation when its last has ended.

            Ctrl-C ends a run early: what it has measured is printed and written, marked as cut short.
            """)

    @Argument(
        help: "What to run; see kvbench list. (default: messages, or the mix)",
        completion: .list(CatalogListing.workloadNames))
    var workload: String?

    @Option(help: "The engine to load; see kvbench list.", completion: .list(CatalogListing.engineNames))
    var engine = RunOptions().engine

    @OptionGroup var work: WorkOptions

    @Option(help: "An empty or new directory for the data, which stays.")
    var data: String?

    @Flag(help: "Go on with what an earlier run over the same data set has left in --data.")
    var reuse = false

    @Option(
        help: ArgumentHelp(
            "Run it with more and more workers, or at a higher and higher rate, each step with fresh data, and name the knee:"
                + " workers=1,2,4,8, rate=10000..100000:10000 or keys=1000,10000.", valueName: "steps"),
        transform: { try RampSteps.parse($0) })
    var ramp: RampSteps?

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
            if let ramp { return try run(ramp, stop, files) }
            let benchmark = try Benchmark(options)
            let reports = try benchmark.runAll(
                stop: stop, showsProgress: !quiet && (interval != nil || Terminal.showsProgress)
            ) {
                if !quiet { Terminal.write(benchmark.announcement + "\n", unless: files.onStandardOutput) }
            }
            if !quiet { Terminal.write(reports.map(\.table).joined(separator: "\n"), unless: files.onStandardOutput) }
            let documents = reports.map(\.document)
            if benchmark.isChain {
                try files.json?.write(ChainDocument(documents))
            } else if let document = documents.first {
                try files.json?.write(document)
            }
            try files.csv?.write(text: CSVText.text(documents))
            if stop.exitStatus != nil {
                Terminal.writeError("kvbench: interrupted; the result is of what ran until then\n")
            }
            if let report = reports.last, quiet, report.document.errors > 0 { Terminal.writeError(report.errorText) }
            // A signal may have come before the next workload had done anything.
            if let status = stop.exitStatus ?? reports.map(\.exitStatus).first(where: { $0 != 0 }) {
                throw ExitCode(status)
            }
        }
    }

    private func run(_ steps: RampSteps, _ stop: StopRequest, _ files: ResultFiles) throws {
        let document = try Ramp(options, steps).run(stop: stop) { line in
            if !quiet { Terminal.writeError(line + "\n") }
        }
        if !quiet { Terminal.write(document.table, unless: files.onStandardOutput) }
        try files.json?.write(document)
        try files.csv?.write(text: CSVText.text(document.steps.map(\.result)))
        if let status = stop.exitStatus { throw ExitCode(status) }
        if document.exitStatus != 0 { throw ExitCode(document.exitStatus) }
    }

    private var options: RunOptions {
        get throws {
            var options = RunOptions()
            try work.apply(to: &options, workload: workload)
            options.engine = engine
            options.interval = interval
            options.data = data.map { FilePath($0) }
            options.reusesData = reuse
            return options
        }
    }
}
