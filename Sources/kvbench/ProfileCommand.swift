import ArgumentParser
import KVBench
import SystemPackage

struct ProfileCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profile",
        abstract: "Finds out where time, memory and disk go.",
        discussion: """
            Runs a load under everything that tells, and leaves a folder with a page that shows it: index.html, and README.md in
            words. scripts/profile.sh builds this program for release and calls this command.
            """)

    @Option(help: "What to run; see kvbench list.")
    var workload = ProfileOptions().workload

    @Option(help: "The engine to load; see kvbench list.")
    var engine = ProfileOptions().engine

    @Option(help: "How many threads load the engine.")
    var workers = ProfileOptions().workers

    @Option(
        help: ArgumentHelp(
            "How long a measured run takes, or to look at what it attaches to. (default: 30; 10)", valueName: "seconds")
    )
    var duration: Int?

    @Option(help: "How often the measured run is done; three or more tell a difference from chance.")
    var rounds = ProfileOptions().rounds

    @Flag(help: "A few seconds in all: does it work, rather than how fast is it.")
    var quick = false

    @Flag(help: "Leave the data of the last measured run in the folder.")
    var keepData = false

    @Option(help: ArgumentHelp("Where the folder is made, named after the time.", valueName: "folder"))
    var out = ProfileOptions().parent.string

    @Option(
        help: ArgumentHelp(
            "Run nothing, but look for --duration at a process of your own, or at one that has this store open.",
            valueName: "PID or store"))
    var attach: String?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Run nothing, but compare two folders that profiles are in.", valueName: "folders"))
    var compare: [String] = []

    @Option(help: ArgumentHelp("Which version of the program this is, for the report.", valueName: "text"))
    var commit: String?

    func run() throws {
        let stop = StopRequest()
        try SignalListener.start(stop)
        try withExitStatus {
            guard attach == nil || compare.isEmpty else {
                throw UsageError("--attach and --compare are two things to do; give one of them")
            }
            let say: (String) -> Void = { Terminal.write($0 + "\n") }
            if !compare.isEmpty {
                try ProfileComparison(compare, parent: FilePath(out)).run(say: say)
            } else if let attach {
                guard try AttachedProfile(attach, options).run(stop: stop, say: say) else { throw ExitCode(1) }
            } else {
                guard try Profile(options).run(stop: stop, say: say) else { throw ExitCode(1) }
            }
        }
    }

    private var options: ProfileOptions {
        var options = ProfileOptions()
        options.workload = workload
        options.engine = engine
        options.workers = workers
        options.seconds = duration ?? (attach == nil ? options.seconds : 10)
        options.rounds = rounds
        options.isQuick = quick
        options.keepsData = keepData
        options.parent = FilePath(out)
        options.commit = commit
        return options
    }
}
