public import KVStore

/// What `kvbench compare` runs in turn.
public struct ComparisonOptions: Sendable {
    /// What all do. Its engine, tuning and durability are those of the contestants where these name none.
    public var run = RunOptions()
    /// The engines, the first of which the others are compared with. Empty for that of `run` alone.
    public var engines: [String] = []
    /// The tunings of each; empty for that of `run`.
    public var tunings: [TuningChoice] = []
    /// The durabilities of each; empty for that of `run`.
    public var durabilities: [Durability] = []
    /// How often each runs.
    public var rounds = 3

    /// The defaults.
    public init() {}

    /// Who takes part: each engine with each tuning and each durability, named by what tells them apart.
    var contestants: [Contestant] {
        let engines = engines.isEmpty ? [run.engine] : engines
        let tunings = tunings.isEmpty ? [run.tuning] : tunings
        let durabilities: [Durability?] = durabilities.isEmpty ? [run.durability] : durabilities
        var contestants: [Contestant] = []
        for engine in engines {
            for tuning in tunings {
                for durability in durabilities {
                    var names: [String] = []
                    if engines.count > 1 { names.append(engine) }
                    if tunings.count > 1 { names.append(tuning.rawValue) }
                    if durabilities.count > 1, let durability { names.append(durability.rawValue) }
                    var options = run
                    (options.engine, options.tuning, options.durability) = (engine, tuning, durability)
                    // Of several engines the one that needs a server has it.
                    if (try? EngineCatalog.entry(named: engine))?.takesServer != true { options.server = nil }
                    contestants.append(
                        Contestant(name: names.isEmpty ? engine : names.joined(separator: "/"), options: options))
                }
            }
        }
        return contestants
    }

    /// - Throws: `UsageError` for what cannot be compared.
    func validate() throws(UsageError) {
        guard (1...Self.mostRounds).contains(rounds) else {
            throw UsageError("--rounds is \(rounds); give a number from 1 to \(Self.mostRounds)")
        }
        let contestants = contestants
        guard contestants.count > 1 else {
            throw UsageError(
                "there is nothing to compare; name engines with --engines kvstore,sqlite, or tunings or durabilities of one"
                    + " with --compare-tuning documented,before or --compare-durability buffered,synced")
        }
        var names: Set<String> = []
        for contestant in contestants where !names.insert(contestant.name).inserted {
            throw UsageError("'\(contestant.name)' is named twice; name each once")
        }
        if run.server != nil, !contestants.contains(where: { $0.options.server != nil }) {
            throw UsageError("none of the engines needs a server; omit --postgres")
        }
        for contestant in contestants {
            guard try !Benchmark(contestant.options).isChain else {
                throw UsageError("several workloads cannot be compared at once; name one")
            }
        }
    }

    private static let mostRounds = 1000
}

/// One that takes part in a comparison.
struct Contestant: Sendable {
    let name: String
    let options: RunOptions
}
