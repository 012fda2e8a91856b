import FoundationEssentials
import Glibc
public import SystemPackage

/// Two profiles beside one another: what changed, and whether it is more than chance.
public struct ProfileComparison: Sendable {
    private let names: [String]
    private let rounds: [[ResultDocument]]
    private let stacks: [FoldedStacks?]
    private let parent: FilePath

    /// - Parameters:
    ///   - folders: two folders that `kvbench profile` made.
    ///   - parent: where the folder with the comparison is made.
    /// - Throws: `UsageError` for a folder that is none.
    public init(_ folders: [String], parent: FilePath) throws(UsageError) {
        guard folders.count == 2 else { throw UsageError("--compare takes two folders that profiles are in") }
        var rounds: [[ResultDocument]] = []
        for folder in folders {
            let found = Self.results(in: folder)
            guard !found.isEmpty else {
                throw UsageError("'\(folder)' has no results.json; name a folder that scripts/profile.sh made")
            }
            rounds.append(found)
        }
        names = folders
        self.rounds = rounds
        stacks = folders.map { folder in
            (try? String(contentsOfFile: "\(folder)/\(CPUProfile.folded)", encoding: .utf8)).map {
                FoldedStacks(text: $0)
            }
        }
        self.parent = parent
    }

    private static func results(in folder: String) -> [ResultDocument] {
        var found: [ResultDocument] = []
        while found.count < 100 {
            let name = found.isEmpty ? "results.json" : "results-\(found.count + 1).json"
            guard let bytes = try? Data(contentsOf: URL(filePath: "\(folder)/\(name)")),
                let document = try? JSONDecoder().decode(ResultDocument.self, from: bytes)
            else { break }
            found.append(document)
        }
        return found
    }

    /// Writes the comparison into a folder of its own.
    ///
    /// - Throws: `UsageError` when there is no place for it, and what the file system says.
    public func run(say: (String) -> Void) throws {
        let report = report
        let folder = try ProfileFolder(in: parent, needed: 16 << 20)
        try folder.write(report.html, to: "index.html")
        try folder.write(report.markdown, to: "README.md")
        if let graph { try folder.write(graph.svg, to: Self.picture) }
        var table = TextTable()
        for row in [Self.headings] + rows { table.add(row) }
        for line in table.lines { say(line) }
        say("==> the comparison is in \(folder.path)/index.html, in words in \(folder.path)/README.md")
    }

    private static let picture = "cpu-difference.svg"

    // MARK: The report

    var report: ProfileReport {
        var blocks: [ProfileBlock] = []
        if let text = differenceOfWork { blocks.append(.text(text)) }
        blocks.append(.table("Medians of the rounds", headings: Self.headings, rows: rows))
        blocks.append(
            .text(
                "A difference is told from chance when two groups of rounds as different as these come from the same program in"
                    + " less than 5 of 100 cases (Mann-Whitney, two-sided); with fewer than four rounds of each it cannot be:"
                    + " --rounds 5 makes enough."))
        var sections = [ProfileSection("What changed", blocks)]
        if let cpu = cpuSection { sections.append(cpu) }
        return ProfileReport(
            title: "Two profiles compared", subtitle: "\(names[0]), then \(names[1])", sections: sections)
    }

    private var differenceOfWork: String? {
        guard let first = rounds[0].first, let second = rounds[1].first else { return nil }
        guard first.work == second.work else {
            return "THESE ARE NOT PROFILES OF THE SAME WORK: what is compared says little."
        }
        let (one, other) = (first.environment, second.environment)
        guard
            one.cpuModel != other.cpuModel || one.engineVersion != other.engineVersion
                || one.engineBuild != other.engineBuild
        else { return nil }
        return "Machine or engine differ: \(one.engineVersion) \(one.engineBuild) on \(one.cpuModel ?? "?"), then"
            + " \(other.engineVersion) \(other.engineBuild) on \(other.cpuModel ?? "?")."
    }

    private static let headings = ["", "first", "second", "ratio", "rounds", "more than chance"]

    private static let figures: [(name: String, value: @Sendable (ResultDocument) -> Double?)] = [
        ("operations/s", { $0.operationsPerSecond }),
        ("writes/s", { $0.writes > 0 ? $0.writesPerSecond : nil }),
        ("reads/s", { $0.reads > 0 ? $0.readsPerSecond : nil }),
        ("write p50, us", { $0.latencyMicroseconds["write"]?.p50 }),
        ("write p99, us", { $0.latencyMicroseconds["write"]?.p99 }),
        ("read p50, us", { $0.latencyMicroseconds["read"]?.p50 }),
        ("read p99, us", { $0.latencyMicroseconds["read"]?.p99 }),
        ("CPU us/operation", { $0.cpuMicrosecondsPerOperation }),
        ("peak memory, MiB", { $0.peakResidentBytes.map { Double($0) / 1_048_576 } }),
        (
            "disk, bytes a write",
            { document in document.diskBytes.map { Double($0) / Double(max(1, document.writes)) } }
        ),
    ]

    var rows: [[String]] {
        Self.figures.compactMap { name, value in
            let (one, other) = (rounds[0].compactMap(value), rounds[1].compactMap(value))
            guard let first = Self.median(one), let second = Self.median(other) else { return nil }
            let chance = RankTest.chance(one, other)
            let verdict = chance.map {
                $0 < 0.05 ? "yes (p = \($0.rounded(toPlaces: 3)))" : "no (p = \($0.rounded(toPlaces: 2)))"
            }
            return [
                name, NumberText.short(first), NumberText.short(second),
                first > 0 ? ComparisonDocument.ratio(second / first) : "", "\(one.count) and \(other.count)",
                verdict ?? "too few rounds to tell",
            ]
        }
    }

    private static func median(_ values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    private var graph: FlameGraph? {
        guard let before = stacks[0], let after = stacks[1], !before.isEmpty, !after.isEmpty else { return nil }
        return FlameGraph("CPU by stack: the second, coloured by the difference", after, .samples, before: before)
    }

    private var cpuSection: ProfileSection? {
        guard let before = stacks[0], let after = stacks[1], let graph else { return nil }
        func shares(_ stacks: FoldedStacks) -> [FoldedStacks.Frame: Double] {
            Dictionary(stacks.functions.map { ($0.frame, $0.own / max(1, stacks.total)) }) { $0 + $1 }
        }
        let (one, other) = (shares(before), shares(after))
        let changes = Set(one.keys).union(other.keys).map { frame in
            (frame: frame, before: one[frame] ?? 0, after: other[frame] ?? 0)
        }.sorted { (abs($1.after - $1.before), $0.frame.name) < (abs($0.after - $0.before), $1.frame.name) }
        func percent(_ share: Double) -> String { "\((100 * share).rounded(toPlaces: 2)) %" }
        return ProfileSection(
            "CPU",
            [
                .flame(
                    graph, description: "Shares of all samples: what has more now, and what less.", file: Self.picture),
                .table(
                    "Functions whose share of their own changed most",
                    headings: ["function", "whose", "first", "second"],
                    rows: changes.prefix(20).map {
                        [$0.frame.name, $0.frame.layer.name, percent($0.before), percent($0.after)]
                    }),
            ])
    }
}

/// Whether two groups of numbers differ by more than chance, whatever they are spread like: the test of Mann and Whitney.
enum RankTest {
    /// How often two groups of the same kind are at least as different; `nil` for groups too small to ever tell.
    ///
    /// Exact: of all ways to divide the numbers into groups of these sizes, as many as sum up to as unusual ranks.
    static func chance(_ one: [Double], _ other: [Double]) -> Double? {
        guard one.count >= 4, other.count >= 4, one.count + other.count <= 200 else { return nil }
        // Twice the ranks, so that ties have whole ones.
        let all = (one + other).sorted()
        func rank(_ value: Double) -> Int {
            let first = all.firstIndex(of: value) ?? 0
            let last = all.lastIndex(of: value) ?? 0
            return first + last + 2
        }
        let ranks = all.map(rank)
        let observed = one.reduce(0) { $0 + rank($1) }
        let middle = one.count * (all.count + 1)
        // Ways to pick so many of the ranks with each sum.
        var ways = [[Int: Double]](repeating: [:], count: one.count + 1)
        ways[0] = [0: 1]
        for rank in ranks {
            for picked in stride(from: one.count - 1, through: 0, by: -1) {
                for (sum, count) in ways[picked] { ways[picked + 1][sum + rank, default: 0] += count }
            }
        }
        let total = ways[one.count].values.reduce(0, +)
        let unusual = ways[one.count].filter { abs($0.key - middle) >= abs(observed - middle) }.values.reduce(0, +)
        return total > 0 ? min(1, unusual / total) : nil
    }
}
