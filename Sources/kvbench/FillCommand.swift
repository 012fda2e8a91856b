import ArgumentParser
import KVBench
import SystemPackage

/// For the workloads that open what another process has written.
struct FillCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fill-until-told",
        abstract: "Writes all entries, makes a file, and closes the store when its standard input ends.",
        shouldDisplay: false)

    @Argument var workload: String
    @Option var engine: String
    @OptionGroup var work: WorkOptions
    @Option var data: String
    @Option var ready: String

    func run() throws {
        try withExitStatus {
            var options = RunOptions()
            try work.apply(to: &options, workload: workload)
            options.engine = engine
            try StoreFiller(options).run(in: FilePath(data), ready: FilePath(ready))
        }
    }
}
