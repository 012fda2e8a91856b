import ArgumentParser
import KVBench
import KVStore

struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Runs the same work on several engines in turn.",
        discussion: """
            Also on several tunings or durabilities of one engine. In every round each runs once, in a process of its own, \
            with a fresh directory and after a sync of the disk; who begins takes turns. Medians of the rounds are shown \
            with how far the rounds are from them, and the ratios to the first one in the same round.

              kvbench compare messages --engines kvstore,rocksdb,sqlite --duration 10s
              kvbench compare fill-random --engines kvstore,lmdb --keys 200000
              kvbench compare --compare-tuning documented,before --operations 20000

            With --operations, and where a workload has only so much to do, all do the same work; with --duration the one \
            that is faster gets further, which can make it slower: then the rates up to the work that all have done are \
            shown too.

            Ctrl-C ends it early: the rounds that are complete are shown and written, and what there is of the next.
            """)

    @Argument(
        help: "What to run; see kvbench list. (default: messages, or the mix)",
        completion: .list(CatalogListing.workloadNames))
    var workload: String?

    @Option(
        help: ArgumentHelp(
            "The engines, with commas between them; the others are compared with the first.", valueName: "names"),
        transform: { try CommaList.parse($0, "--engines") { $0 } })
    var engines: [String] = []

    @Option(
        help: ArgumentHelp("The tunings of each. (default: documented)", valueName: "names"),
        transform: { try CommaList.parse($0, "--compare-tuning") { TuningChoice(rawValue: $0) } })
    var compareTuning: [TuningChoice] = []

    @Option(
        help: ArgumentHelp("The durabilities of each. (default: as the tuning has it)", valueName: "names"),
        transform: { try CommaList.parse($0, "--compare-durability") { Durability(rawValue: $0) } })
    var compareDurability: [Durability] = []

    @Option(help: "How often each runs.")
    var rounds = ComparisonOptions().rounds

    @Option(help: "The engine, when its tunings or durabilities are compared.")
    var engine: String?

    @OptionGroup var work: WorkOptions

    @Option(help: ArgumentHelp("Write the result to this file as JSON; - for standard output.", valueName: "file"))
    var json: String?

    @Option(help: ArgumentHelp("Write the figures of each run to this file, a line each.", valueName: "file"))
    var csv: String?

    @Flag(help: "Print no progress and no table.")
    var quiet = false

    func run() throws {
        let stop = StopRequest()
        try SignalListener.start(stop)
        try withExitStatus {
            let files = try ResultFiles(json: json, csv: csv)
            let document = try Comparison(options).run(stop: stop) { line in
                if !quiet { Terminal.writeError(line + "\n") }
            }
            if !quiet { Terminal.write(document.table, unless: files.onStandardOutput) }
            try files.json?.write(document)
            try files.csv?.write(text: CSVText.text(document))
            if let status = stop.exitStatus { throw ExitCode(status) }
            if document.exitStatus != 0 { throw ExitCode(document.exitStatus) }
        }
    }

    private var options: ComparisonOptions {
        get throws {
            var options = ComparisonOptions()
            try work.apply(to: &options.run, workload: workload)
            guard engine == nil || engines.isEmpty else {
                throw UsageError("--engine and --engines are two ways to say the same; give one of them")
            }
            options.run.engine = engine ?? options.run.engine
            options.engines = engines
            options.tunings = compareTuning
            options.durabilities = compareDurability
            options.rounds = rounds
            return options
        }
    }
}

/// Names with commas between them.
enum CommaList {
    /// - Throws: `UsageError` for an empty one and for a name that `value` does not know.
    static func parse<Value>(_ text: String, _ option: String, _ value: (String) -> Value?) throws -> [Value] {
        let names = text.split(separator: ",", omittingEmptySubsequences: false)
            .map { String($0).trimmingSpaces }
        return try names.map { name in
            guard !name.isEmpty, let value = value(name) else {
                throw UsageError(
                    "\(option) does not know '\(name)'; give names with commas between them, as kvbench list has them")
            }
            return value
        }
    }
}

extension String {
    fileprivate var trimmingSpaces: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
