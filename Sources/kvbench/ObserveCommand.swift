import ArgumentParser
import KVBench
import KVStore
import SystemPackage

/// What `kvbench profile` runs to see the engine and the process while a load runs.
struct ObserveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "observe", abstract: "Runs a load with everything counted and looked at.", shouldDisplay: false)

    @Argument(help: "What to run.")
    var workload = RunOptions().workload

    @Option(help: "The engine, which must be this library.")
    var engine = RunOptions().engine

    @OptionGroup var work: WorkOptions

    @Option(help: "An empty or new directory for the data, which stays.")
    var data: String?

    @Option(help: "Write the result to this file as JSON.")
    var json: String

    @Option(help: "Write what was seen to this file as JSON.")
    var observation: String

    func run() throws {
        let stop = StopRequest()
        try SignalListener.start(stop)
        try withExitStatus {
            var options = RunOptions()
            try work.apply(to: &options, workload: workload)
            options.engine = engine
            options.data = data.map { FilePath($0) }
            let report = try ObservedRun(options, to: observation).run(stop: stop)
            Terminal.write(report.table)
            try ResultFile(json).write(report.document)
            if report.exitStatus != 0 { throw ExitCode(report.exitStatus) }
        }
    }
}
