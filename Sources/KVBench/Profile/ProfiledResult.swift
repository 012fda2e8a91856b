import KVStore

/// What was reached, beside what the tuning document says.
struct ProfiledResult: Sendable {
    let options: ProfileOptions
    let isInMemory: Bool
    /// With the tuning that was replaced, writers waiting for their syncs one by one.
    var alone: ResultDocument?
    /// With it, writers that wait at the same time sharing a sync.
    var before: ResultDocument?
    /// With the documented tuning.
    var rounds: [ResultDocument] = []
    /// Other databases under the same load, or why not.
    var peers: [(engine: String, document: ResultDocument?, refusal: String)] = []
    /// How the engine was built, where it is a slow build.
    var isSlowEngine = (try? EngineInfo.current())?.isSlowBuild ?? false

    /// The tuning document's figures: another store, another machine, and through HTTP.
    private enum Document {
        static let before = 259.0
        static let after = 38_500.0
        static let expected = [
            ExpectedRate(.writesPerSecond, moreThan: 40_000), ExpectedRate(.readsPerSecond, moreThan: 4_000),
            ExpectedRate(.operationsPerSecond, moreThan: 38_000),
        ]
    }

    /// The round in the middle.
    var documented: ResultDocument? {
        let sorted = rounds.sorted { $0.operationsPerSecond < $1.operationsPerSecond }
        return sorted.isEmpty ? nil : sorted[sorted.count / 2]
    }

    // MARK: For the terminal

    var summary: [String] {
        var table = TextTable()
        for row in [headings] + runRows { table.add(row) }
        return [""] + table.lines + [""] + (reached.map { ["expected results: \($0)"] } ?? [])
    }

    /// Whether the expected results were reached, in a word or few.
    private var reached: String? {
        let expected = expectations
        guard let documented, !expected.isEmpty else { return nil }
        let missed = expected.filter { !$0.isReached(by: documented) }
        return missed.isEmpty ? "reached" : "not reached: " + missed.map(\.text).joined(separator: ", ")
    }

    private var expectations: [ExpectedRate] { options.isDocumentsLoad ? Document.expected : [] }

    // MARK: For the report

    var section: ProfileSection {
        var blocks: [ProfileBlock] = [.table("Operations a second", headings: headings, rows: runRows)]
        if rounds.count > 1 {
            let rates = rounds.map { NumberText.grouped($0.operationsPerSecond) }.joined(separator: ", ")
            blocks.append(.text("The documented tuning is the median of \(rounds.count) rounds: \(rates)."))
        }
        if options.isDocumentsLoad { blocks.append(.text(explanation)) }
        if let documented {
            let expected = expectations
            if !expected.isEmpty {
                blocks.append(
                    .table(
                        "Expected of the documented tuning", headings: ["", "expected", "here", ""],
                        rows: expected.map {
                            [
                                $0.figure.name, "> \(NumberText.grouped($0.threshold))",
                                NumberText.grouped($0.figure.value(in: documented)),
                                $0.isReached(by: documented) ? "reached" : "not reached",
                            ]
                        }))
            }
        }
        let reasons = reasons
        if !reasons.isEmpty {
            blocks.append(.text("What the machine did to these figures:"))
            blocks.append(.list(reasons))
        }
        if peers.contains(where: { $0.document != nil }) {
            blocks.append(.table("Other stores under the same load", headings: peerHeadings, rows: peerRows))
        }
        let missing = peers.filter { $0.document == nil }
        if !missing.isEmpty { blocks.append(.list(missing.map { "\($0.engine): not measured, \($0.refusal)" })) }
        blocks.append(
            .table("Latencies in us", headings: ["", "p50", "p90", "p99", "p99.9", "longest"], rows: latencyRows))
        if let documented { blocks += Self.charts(documented) }
        let errors = ([alone, before].compactMap { $0 } + rounds).flatMap { $0.failures ?? [] }
        if !errors.isEmpty {
            blocks.append(.list(["ERRORS: the answers of the engine were wrong, or calls failed"] + errors))
        }
        return ProfileSection("Result", blocks)
    }

    private var headings: [String] {
        ["", "here"] + (options.isDocumentsLoad ? ["in the tuning document"] : []) + [
            "writes/s", "reads/s", "CPU us/op",
        ]
    }

    private var runRows: [[String]] {
        var rows: [[String]] = []
        func add(_ name: String, _ document: ResultDocument?, _ figure: String) {
            guard let document else { return }
            rows.append(
                [name, NumberText.grouped(document.operationsPerSecond)] + (options.isDocumentsLoad ? [figure] : [])
                    + [
                        NumberText.grouped(document.writesPerSecond), NumberText.grouped(document.readsPerSecond),
                        document.cpuMicrosecondsPerOperation.map { "\($0)" } ?? "",
                    ])
        }
        func ratio(_ name: String, _ first: ResultDocument?, _ figure: String) {
            guard let first, let documented, first.operationsPerSecond > 0 else { return }
            let ratio = ComparisonDocument.ratio(documented.operationsPerSecond / first.operationsPerSecond)
            rows.append([name, "\(ratio) x"] + (options.isDocumentsLoad ? [figure] : []))
        }
        add("before, a sync for each write", alone, NumberText.grouped(Document.before))
        add("before, syncs shared", before, "")
        add("documented tuning", documented, NumberText.grouped(Document.after))
        ratio("ratio to a sync for each write", alone, "148 x")
        ratio("ratio to shared syncs", before, "")
        return rows
    }

    private var explanation: String {
        var text =
            "The document's store synced after every write, and each writer waited for the one before. The first line does the"
            + " same: a lock around each synced write."
        if let alone, let before, alone.operationsPerSecond > 0 {
            let ratio = before.operationsPerSecond / alone.operationsPerSecond
            text += " In this library writers that wait at the same time share a sync, with the old tuning too: "
            text +=
                ratio < 1.2
                ? "with \(options.load.workers) of them that made no difference in these runs."
                : "with \(options.load.workers) of them that is \(ComparisonDocument.ratio(ratio)) times as fast (the second line),"
                    + " and the documented tuning gains less over it by as much. Nothing is lost by it."
        }
        return text + " The document's figures are of another store on another machine, through HTTP: compare ratios."
    }

    /// What may explain figures that are lower than expected.
    var reasons: [String] {
        ResultReasons(runs: [alone, before].compactMap { $0 } + rounds, documented: documented).all(
            isInMemory: isInMemory, isSlowEngine: isSlowEngine && options.load.engine != "sqlite")
    }

    private var latencyRows: [[String]] {
        var rows: [[String]] = []
        for (name, document) in [("before, a sync each", alone), ("before", before), ("documented", documented)] {
            for kind in OperationKind.allCases {
                guard let latency = document?.latencyMicroseconds[kind.name] else { continue }
                rows.append(
                    ["\(name): \(kind.name)"]
                        + [latency.p50, latency.p90, latency.p99, latency.p999, latency.max].map {
                            NumberText.short($0)
                        })
            }
        }
        return rows
    }

    private var peerHeadings: [String] {
        ["", "operations/s", "to this library", "writes/s", "reads/s", "lost when the power goes"]
    }

    private var peerRows: [[String]] {
        ([(options.load.engine, documented, "")] + peers).compactMap { engine, document, _ in
            guard let document else { return nil }
            let ratio = documented.map {
                ComparisonDocument.ratio(document.operationsPerSecond / max($0.operationsPerSecond, 1))
            }
            return [
                engine, NumberText.grouped(document.operationsPerSecond), ratio ?? "",
                NumberText.grouped(document.writesPerSecond), NumberText.grouped(document.readsPerSecond),
                document.losses?.powerCut ?? "",
            ]
        }
    }

    // MARK: Over time

    static func charts(_ document: ResultDocument) -> [ProfileBlock] {
        let intervals = SeriesInterval.of(document.series)
        guard !intervals.isEmpty else { return [] }
        func line(_ name: String, _ value: (SeriesInterval) -> Double) -> LineChart.Line {
            LineChart.Line(name: name, points: intervals.map { ($0.end, value($0)) })
        }
        var blocks: [ProfileBlock] = [
            .chart(
                LineChart(
                    "Operations a second", "What ended in each second of the run.", x: ("seconds", .linear),
                    y: ("operations a second", .linear),
                    [line("writes", \.writesPerSecond), line("reads", \.readsPerSecond)],
                    xText: { NumberText.plain($0.rounded(toPlaces: 1)) }, yText: { NumberText.grouped($0) }))
        ]
        if let last = document.series.last, let end = intervals.last?.end, last.t > end {
            let seconds = (last.t - end).rounded(toPlaces: 2)
            blocks.append(
                .text(
                    "The last \(seconds) s, less than half an interval, are left out: a rate of so little says nothing."
                ))
        }
        return blocks
    }
}

/// What happened between two samples of a series.
struct SeriesInterval: Sendable, Equatable {
    var end: Double
    var seconds: Double
    var writesPerSecond: Double
    var readsPerSecond: Double
    var sample: SeriesSample

    /// The intervals of a series, without a last one that is shorter than half of the others.
    static func of(_ series: [SeriesSample]) -> [SeriesInterval] {
        var intervals: [SeriesInterval] = []
        var (t, writes, reads) = (0.0, 0, 0)
        for sample in series where sample.t > t {
            let span = sample.t - t
            intervals.append(
                SeriesInterval(
                    end: sample.t, seconds: span, writesPerSecond: Double(sample.writes - writes) / span,
                    readsPerSecond: Double(sample.reads - reads) / span, sample: sample))
            (t, writes, reads) = (sample.t, sample.writes, sample.reads)
        }
        let usual = intervals.map(\.seconds).sorted()
        if intervals.count > 1, let last = intervals.last, last.seconds < 0.5 * usual[usual.count / 2] {
            intervals.removeLast()
        }
        return intervals
    }
}
