public import ArgumentParser
public import KVBench
import SystemPackage

struct NamespacesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "namespaces",
        abstract: "Measures a store with many namespaces.",
        usage: "kvbench namespaces [<options>]",
        discussion: """
            Creates them, writes to each and reads each, with every answer checked; times opening, listing, first uses and \
            dropping; and compares one namespace that is used all the time with one in a store of its own. With \
            ulimit -n in front it shows how few descriptors will do.
            """)

    @Option(help: "How many namespaces.")
    var namespaces = NamespacesOptions().namespaces

    @Option(help: "Where they live: in a database each, or together in a single one.")
    var layout = NamespacesOptions().layout

    @Option(help: "How many threads create, write and read them.")
    var workers = NamespacesOptions().workers

    @Option(help: "How many first uses and drops are timed.")
    var samples = NamespacesOptions().samples

    @Option(help: "How many may be open at once. (default: the library's)")
    var maxOpen: Int?

    @Option(help: "How often the hot and the lone namespace take turns, a second each.")
    var rounds = NamespacesOptions().rounds

    @Option(help: "Which namespaces are picked follows from it.")
    var seed = NamespacesOptions().seed

    @Option(help: "An empty or new directory for the data, which stays.")
    var data: String?

    @Flag(help: "Take the namespaces that an earlier run left in --data.")
    var reuse = false

    @Option(help: ArgumentHelp("Write the result to this file as JSON; - for standard output.", valueName: "file"))
    var json: String?

    @Flag(help: "Print no progress and no table.")
    var quiet = false

    func run() throws {
        let stop = StopRequest()
        try SignalListener.start(stop)
        try withExitStatus {
            let resultFile = try json.map { try ResultFile($0) }
            let document = try NamespacesBenchmark(options).run(stop: stop) { line in
                if !quiet { Terminal.writeError(line + "\n") }
            }
            if !quiet { Terminal.write(document.table, unless: resultFile) }
            try resultFile?.write(document)
            if let status = stop.exitStatus { throw ExitCode(status) }
            if document.errors > 0 { throw ExitCode(1) }
        }
    }

    private var options: NamespacesOptions {
        var options = NamespacesOptions()
        options.namespaces = namespaces
        options.layout = layout
        options.workers = workers
        options.samples = samples
        options.maxOpen = maxOpen
        options.rounds = rounds
        options.seed = seed
        options.data = data.map { FilePath($0) }
        options.reusesData = reuse
        return options
    }
}

extension LayoutChoice: ExpressibleByArgument {}
