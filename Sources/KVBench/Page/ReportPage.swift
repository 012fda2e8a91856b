import FoundationEssentials

/// What `kvbench report` makes: results as one page of HTML that needs nothing else.
public struct ReportPage {
    private let results: [Result]

    /// One document of `--json`, and where it came from.
    struct Result {
        let name: String
        let document: ResultDocument
        let fields: [(path: String, value: String)]
    }

    /// - Parameter files: the paths of documents that `--json` wrote, in the order in which they are shown.
    /// - Throws: `UsageError` for a file that cannot be read, or is no such document, or of a newer version.
    public init(files: [String]) throws(UsageError) {
        guard !files.isEmpty else { throw UsageError("name at least one file that --json wrote") }
        var results: [Result] = []
        for file in files {
            let (document, fields) = try Self.read(file)
            results.append(Result(name: "", document: document, fields: fields))
        }
        self.init(results.map { ($0.document, $0.fields) }, files)
    }

    init(_ documents: [(document: ResultDocument, fields: [(path: String, value: String)])], _ files: [String]) {
        results = zip(Self.names(documents.map(\.document), files), documents).map {
            Result(name: $0, document: $1.document, fields: $1.fields)
        }
    }

    private static func read(
        _ file: String
    ) throws(UsageError) -> (ResultDocument, [(path: String, value: String)]) {
        guard let bytes = try? Data(contentsOf: URL(filePath: file)) else {
            throw UsageError("'\(file)' cannot be read; name a file that kvbench run --json wrote")
        }
        do {
            let document = try JSONDecoder().decode(ResultDocument.self, from: bytes)
            return (document, try JSONDecoder().decode(JSONTree.self, from: bytes).fields)
        } catch {
            throw UsageError("'\(file)' is no result of kvbench run --json")
        }
    }

    /// What tells the results apart: the engine, else the tuning, else the durability, else the file.
    private static func names(_ documents: [ResultDocument], _ files: [String]) -> [String] {
        let ways: [[String]] = [
            documents.map(\.engine), documents.map(\.tuning), documents.map(\.durability),
            documents.map { "\($0.engine), \($0.tuning), \($0.durability), \($0.workers) workers" },
        ]
        let apart = ways.first { Set($0).count == documents.count }
        return apart ?? files.map { String($0.split(separator: "/").last ?? Substring($0)) }
    }

    /// The page.
    public var html: String {
        let workloads = Set(results.map(\.document.workload)).sorted().joined(separator: ", ")
        let engines = results.map(\.name).joined(separator: ", ")
        let charts = charts.enumerated().map { $1.html($0) }.joined(separator: "\n")
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <link rel="icon" href="data:,">
            <title>kvbench: \(HTMLText.escaped(workloads))</title>
            <style>
            \(PageStyle.css)
            </style>
            </head>
            <body>
            <main>
            <h1>\(HTMLText.escaped(workloads))</h1>
            <p class="quiet">Measured by kvbench: \(HTMLText.escaped(engines))</p>
            <h2>Results</h2>
            \(summary)
            <h2>Over time, and how latencies are spread</h2>
            <div class="charts">
            \(charts)
            </div>
            <h2>Everything that the documents say</h2>
            \(parameters)
            </main>
            <script>
            \(PageStyle.script)
            </script>
            </body>
            </html>

            """
    }

    private var summary: String {
        let documents = results.map(\.document)
        var rows: [[String]] = []
        func add(_ name: String, _ value: (ResultDocument) -> String) { rows.append([name] + documents.map(value)) }
        add("operations/s") { NumberText.grouped($0.operationsPerSecond) }
        if let first = documents.first, documents.count > 1, first.operationsPerSecond > 0 {
            add("to the first") { "\(($0.operationsPerSecond / first.operationsPerSecond).rounded(toPlaces: 2))" }
        }
        add("writes/s") { NumberText.grouped($0.writesPerSecond) }
        add("reads/s") { NumberText.grouped($0.readsPerSecond) }
        for kind in Set(documents.flatMap(\.latencyMicroseconds.keys)).sorted() {
            func latency(_ name: String, _ field: @escaping (LatencySummary) -> Double) {
                add("\(kind) \(name), µs") { $0.latencyMicroseconds[kind].map { NumberText.short(field($0)) } ?? "" }
            }
            latency("p50", \.p50)
            latency("p99", \.p99)
            latency("p99.9", \.p999)
            latency("longest", \.max)
        }
        add("CPU, µs an operation") { $0.cpuMicrosecondsPerOperation.map { NumberText.short($0) } ?? "" }
        add("peak memory") { $0.peakResidentBytes.map { NumberText.bytes($0) } ?? "" }
        add("disk") { $0.diskBytes.map { NumberText.bytes($0) } ?? "" }
        add("errors") { NumberText.grouped($0.errors) }
        return HTMLText.table("What was reached", [""] + results.map(\.name), rows)
    }

    /// Every field of the documents, one row each.
    private var parameters: String {
        let paths = Set(results.flatMap { $0.fields.map(\.path) }).sorted()
        let rows = paths.map { path in
            [path] + results.map { result in result.fields.first { $0.path == path }?.value ?? "" }
        }
        return HTMLText.table("As --json wrote it", ["field"] + results.map(\.name), rows)
    }
}

// MARK: Charts

extension ReportPage {
    private var charts: [LineChart] {
        let seconds: @Sendable (Double) -> String = { NumberText.plain($0) }
        var charts = [
            LineChart(
                "Operations a second", "How many operations ended in each second of the run.", x: ("seconds", .linear),
                y: ("operations a second", .linear), results.map(Self.throughput), xText: seconds
            ) { NumberText.grouped($0) }
        ]
        func overTime(
            _ title: String, _ description: String, _ scale: ChartAxis.Scale = .linear,
            _ yText: @escaping @Sendable (Double) -> String,
            _ value: (SeriesSample) -> Double?
        ) {
            // Not every engine has it.
            let lines = results.map { result in
                let points = result.document.series.compactMap { sample in value(sample).map { (sample.t, $0) } }
                return LineChart.Line(name: result.name, points: points)
            }
            guard results.allSatisfy(\.document.series.isEmpty) || lines.contains(where: { !$0.points.isEmpty }) else {
                return
            }
            charts.append(
                LineChart(
                    title, description, x: ("seconds", .linear), y: (title, scale), lines, xText: seconds, yText: yText)
            )
        }
        for kind in Set(results.flatMap(\.document.latencyMicroseconds.keys)).sorted() {
            let lines = results.compactMap { Self.latencies($0, kind) }
            guard !lines.isEmpty else { continue }
            charts.append(
                LineChart(
                    "Latency of a \(kind), µs", "The latency that a share of the operations did not exceed.",
                    x: ("share of operations", .nines), y: ("microseconds", .logarithmic), lines
                ) {
                    "\(NumberText.plain(($0 * 100).rounded(toPlaces: 4))) %"
                } yText: {
                    NumberText.short($0)
                })
        }
        overTime("Resident memory", "The process's memory.", .bytes, { NumberText.bytes(Int($0)) }) {
            $0.residentBytes.map(Double.init)
        }
        overTime(
            "Files in level 0", "Reads look into each, and writes wait for many.", .linear, { NumberText.plain($0) }
        ) {
            $0.level0Files.map(Double.init)
        }
        overTime(
            "Waiting for compaction", "What compactions have yet to rewrite.", .bytes, { NumberText.bytes(Int($0)) }
        ) {
            $0.pendingCompactionBytes.map(Double.init)
        }
        return charts
    }

    /// What ended between each sample and the one before it. The last sample may be of a moment.
    private static func throughput(_ result: Result) -> LineChart.Line {
        var points: [(x: Double, y: Double)] = []
        var (time, operations) = (0.0, 0)
        for sample in result.document.series where sample.t - time >= 0.1 || points.isEmpty {
            let now = sample.writes + sample.reads
            if sample.t > time { points.append((sample.t, Double(now - operations) / (sample.t - time))) }
            (time, operations) = (sample.t, now)
        }
        return LineChart.Line(name: result.name, points: points)
    }

    private static func latencies(_ result: Result, _ kind: String) -> LineChart.Line? {
        guard let summary = result.document.latencyMicroseconds[kind], summary.max > 0 else { return nil }
        var points = [(0.5, summary.p50), (0.9, summary.p90), (0.99, summary.p99), (0.999, summary.p999)]
        if let p9999 = summary.p9999 { points.append((0.9999, p9999)) }
        return LineChart.Line(name: result.name, points: points.map { (x: $0.0, y: $0.1) })
    }
}
