import ArgumentParser
import KVBench
import SystemPackage

struct ProfileCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profile",
        abstract: "Finds out where time, memory and disk go.",
        discussion: """
            Runs a load under everything that tells, and leaves a folder with a page that shows it: index.html, and README.md in
            words. scripts/profile.sh builds this program for release and calls this command. A measured run takes --duration, \
            30s unless said otherwise, or 10s of what it attaches to; the other steps take as long as they need.
            """)

    @Option(help: "What to run. (default: messages, or the mix)", completion: .list(CatalogListing.workloadNames))
    var workload: String?

    @Option(help: "The engine to load; see kvbench list.", completion: .list(CatalogListing.engineNames))
    var engine = RunOptions().engine

    @OptionGroup var work: WorkOptions

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
                guard try AttachedProfile(attach, try options).run(stop: stop, say: say) else { throw ExitCode(1) }
            } else {
                guard try Profile(try options).run(stop: stop, say: say) else { throw ExitCode(1) }
            }
        }
    }

    private var options: ProfileOptions {
        get throws {
            var options = ProfileOptions()
            try work.apply(to: &options.load, workload: workload)
            options.load.engine = engine
            options.duration = options.load.duration
            options.rounds = rounds
            options.isQuick = quick
            options.keepsData = keepData
            options.parent = FilePath(out)
            options.commit = commit
            return options
        }
    }
}
