/// The charts of a page of results: with one result what belongs together is in one picture, with several each figure has
/// a picture with all results in it.
struct ReportCharts {
    let results: [ReportResult]

    init(_ results: [ReportResult]) {
        self.results = results
    }

    typealias Text = @Sendable (Double) -> String

    /// How a figure is had from samples: as it stands in one, as what came since the one before, or from how it grew since.
    enum Source {
        case state((SeriesSample) -> Double?)
        case recent((SeriesSample) -> Double?)
        case growth((SeriesSample) -> Double?, by: Double)
    }

    /// One or more figures over time. Those that no result has are left out.
    private func charts(
        _ title: String, _ description: String, _ scale: ChartAxis.Scale, _ text: @escaping Text,
        _ figures: [(name: String, source: Source)]
    ) -> [LineChart] {
        func chart(_ title: String, _ lines: [LineChart.Line]) -> LineChart? {
            let found = lines.filter { !$0.points.isEmpty }
            guard !found.isEmpty else { return nil }
            return LineChart(
                title, description, x: ("seconds", .linear), y: (title, scale), found,
                xText: { NumberText.plain($0.rounded(toPlaces: 3)) }, yText: text)
        }
        if let result = results.first, results.count == 1 {
            let lines = figures.map { LineChart.Line(name: $0.name, points: Self.points(result, $0.source)) }
            return [chart(title, lines)].compactMap { $0 }
        }
        return figures.compactMap { figure in
            let lines = results.map { LineChart.Line(name: $0.name, points: Self.points($0, figure.source)) }
            return chart(figures.count == 1 ? title : "\(title): \(figure.name)", lines)
        }
    }

    private static func points(_ result: ReportResult, _ source: Source) -> [(x: Double, y: Double)] {
        let series = result.document.series
        switch source {
        case .state(let value): return series.compactMap { sample in value(sample).map { (sample.t, $0) } }
        case .recent(let value):
            var time = 0.0
            return series.compactMap { sample in
                defer { time = sample.t }
                // The last sample may be of a moment, of which there is too little.
                guard sample.t - time >= shortest || series.count == 1 else { return nil }
                return value(sample).map { (sample.t, $0) }
            }
        case .growth(let value, let factor):
            var points: [(x: Double, y: Double)] = []
            var (time, before) = (0.0, 0.0)
            for sample in series where sample.t - time >= shortest || points.isEmpty {
                guard let now = value(sample), sample.t > time else { continue }
                points.append((sample.t, (now - before) / (sample.t - time) * factor))
                (time, before) = (sample.t, now)
            }
            return points
        }
    }

    private static let shortest = 0.09

    /// A cause of stalls as a reader has it.
    static func words(of cause: String) -> String {
        let words = [
            "level0_slowdown": "slowed down: files in level 0", "level0_stop": "stopped: files in level 0",
            "memtable_slowdown": "slowed down: memtables", "memtable_stop": "stopped: memtables",
            "pending_compaction_slowdown": "slowed down: waiting for compaction",
            "pending_compaction_stop": "stopped: waiting for compaction",
        ]
        return words[cause] ?? cause
    }

    /// The kinds of operations that there are.
    var kinds: [OperationKind] {
        OperationKind.allCases.filter { kind in results.contains { $0.document.latencies(kind) != nil } }
    }
}

// MARK: The parts of the page

extension ReportCharts {
    private static let grouped: Text = { NumberText.grouped($0) }
    private static let bytes: Text = { NumberText.bytes(Int($0)) }
    private static let plain: Text = { NumberText.plain($0.rounded(toPlaces: 2)) }
    private static let percent: Text = { NumberText.plain($0.rounded(toPlaces: 3)) + "%" }

    var overTime: [LineChart] {
        let words: (OperationKind) -> String = { $0 == .write ? "writes" : "reads" }
        let count: (OperationKind, SeriesSample) -> Double = { Double($0 == .write ? $1.writes : $1.reads) }
        var rates: [(name: String, source: Source)] = []
        if kinds.count != 1 { rates.append(("operations", .growth({ Double($0.writes + $0.reads) }, by: 1))) }
        for kind in kinds { rates.append((words(kind), .growth({ count(kind, $0) }, by: 1))) }
        let title = rates.count > 1 ? "Operations a second" : kinds == [.write] ? "Writes a second" : "Reads a second"
        return charts(title, "How many ended in each second of the run.", .linear, Self.grouped, rates)
            + kinds.flatMap { kind in
                func figure(_ value: @escaping (SampleLatency) -> Double) -> Source {
                    .recent { $0.latencyMicroseconds?[kind.name].map(value) }
                }
                return charts(
                    "Latency of a \(kind.name)", "Of what ended since the sample before.", .logarithmic,
                    { NumberText.microseconds($0) },
                    [("p50", figure(\.p50)), ("p99", figure(\.p99)), ("longest", figure(\.max))])
            }
    }

    var spread: [LineChart] { kinds.flatMap { [percentiles($0), histogram($0)].compactMap { $0 } } }

    private func percentiles(_ kind: OperationKind) -> LineChart? {
        let lines = results.compactMap { Self.percentiles($0, kind) }
        guard !lines.isEmpty else { return nil }
        return LineChart(
            "Percentiles of a \(kind.name)", "The latency that a share of the operations did not exceed.",
            x: ("share of operations", .nines), y: ("latency", .logarithmic), lines
        ) {
            NumberText.plain(($0 * 100).rounded(toPlaces: 6)) + "%"
        } yText: {
            NumberText.microseconds($0)
        }
    }

    private func histogram(_ kind: OperationKind) -> LineChart? {
        let lines = results.compactMap { Self.histogram($0, kind) }
        guard !lines.isEmpty else { return nil }
        return LineChart(
            "Histogram of a \(kind.name)", "The share of operations that took from each latency on to the next.",
            x: ("latency from", .logarithmic), y: ("share of operations", .linear), lines, shape: .stepped,
            xText: { NumberText.microseconds($0) }, yText: Self.percent)
    }

    var engine: [LineChart] {
        let causes = Set(results.flatMap { result in (result.document.series.last?.stalls ?? [:]).keys }).sorted()
        let active = causes.filter { cause in
            results.contains { ($0.document.series.last?.stalls?[cause] ?? 0) > 0 }
        }
        return charts(
            "Files in level 0", "Reads look into each, and writes wait when there are many.", .linear, Self.plain,
            [("files", .state { $0.level0Files.map(Double.init) })])
            + charts(
                "Waiting for compaction", "What compactions have yet to rewrite.", .bytes, Self.bytes,
                [("bytes", .state { $0.pendingCompactionBytes.map(Double.init) })])
            + charts(
                "Stalls by cause", "How often in a second writes were slowed down or stopped.", .linear, Self.plain,
                active.map { cause in
                    (Self.words(of: cause), .growth({ $0.stalls?[cause].map(Double.init) }, by: 1))
                })
            + charts(
                "Time that writes were held up", "How much of each second.", .linear, Self.percent,
                [("share", .growth({ $0.stallMicroseconds }, by: 1e-4))])
    }

    var machine: [LineChart] {
        charts(
            "CPU", "How many processors were busy with it, the engine's own threads included.", .linear, Self.plain,
            [("processors", .growth({ $0.cpuMicroseconds }, by: 1e-6))])
            + charts(
                "Disk, MB/s", "What the process read from disks and wrote to them in a second.", .linear, Self.plain,
                [
                    ("read", .growth({ $0.diskReadBytes.map(Double.init) }, by: 1e-6)),
                    ("written", .growth({ $0.diskWrittenBytes.map(Double.init) }, by: 1e-6)),
                ])
            + charts(
                "Memory", "What the process has resident, and what of it the engine tells.", .bytes, Self.bytes,
                [
                    ("resident", .state { $0.residentBytes.map(Double.init) }),
                    ("memtables", .state { $0.memtableBytes.map(Double.init) }),
                    ("cache of blocks", .state { $0.cacheBytes.map(Double.init) }),
                ])
    }
}
