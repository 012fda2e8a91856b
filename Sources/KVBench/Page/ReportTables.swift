/// The tables of a page of results.
struct ReportTables {
    private let results: [ReportResult]
    private var documents: [ResultDocument] { results.map(\.document) }
    private var names: [String] { results.map(\.name) }

    init(_ results: [ReportResult]) {
        self.results = results
    }

    /// What was reached.
    var summary: HTMLTable {
        var table = HTMLTable("What was reached", [""] + names)
        func add(
            _ name: String, _ field: String, _ text: (Double) -> String = { NumberText.short($0) },
            _ value: (ResultDocument) -> Double?
        ) {
            table.add(name, field, documents.map(value), text)
        }
        let bytes: (Double) -> String = { NumberText.bytes(Int($0)) }
        let grouped: (Double) -> String = { NumberText.grouped($0) }
        let time: (Double) -> String = { NumberText.microseconds($0) }
        add("operations/s", "operations_per_second", grouped) { $0.operationsPerSecond }
        add("writes/s", "writes_per_second", grouped) { $0.writes > 0 ? $0.writesPerSecond : nil }
        add("reads/s", "reads_per_second", grouped) { $0.reads > 0 ? $0.readsPerSecond : nil }
        add("entries written/s", "written.entries_per_second", grouped) { $0.written?.entriesPerSecond }
        add("entries read/s", "read.entries_per_second", grouped) { $0.read?.entriesPerSecond }
        add("MB written/s", "written.megabytes_per_second") { $0.written?.megabytesPerSecond }
        add("MB read/s", "read.megabytes_per_second") { $0.read?.megabytesPerSecond }
        let figures: [(String, String, (LatencySummary) -> Double?)] = [
            ("p50", "p50", \.p50), ("p90", "p90", \.p90), ("p99", "p99", \.p99), ("p99.9", "p999", \.p999),
            ("p99.99", "p9999", \.p9999), ("longest", "max", \.max),
        ]
        for kind in OperationKind.allCases {
            for (name, field, figure) in figures {
                add("\(kind.name) \(name)", "latency_us.\(kind.name).\(field)", time) {
                    $0.latencies(kind).flatMap(figure)
                }
            }
        }
        add("CPU of an operation", "cpu_us_per_operation", time) { $0.cpuMicrosecondsPerOperation }
        add("peak memory", "peak_rss_bytes", bytes) { $0.peakResidentBytes.map(Double.init) }
        add("disk", "disk_bytes", bytes) { $0.diskBytes.map(Double.init) }
        add("errors", "errors", grouped) { Double($0.errors) }
        return table
    }

    /// How often writes were held up, by cause; `nil` when no engine tells.
    var stalls: HTMLTable? {
        let last = documents.map { $0.series.last }
        guard last.contains(where: { $0?.stalls != nil }) else { return nil }
        var table = HTMLTable("How often, by cause, and how long", [""] + names)
        for cause in Set(last.flatMap { ($0?.stalls ?? [:]).keys }).sorted() {
            table.add(
                ReportCharts.words(of: cause), "stalls.\(cause)", last.map { $0?.stalls?[cause].map(Double.init) },
                showsRatios: false
            ) { NumberText.grouped($0) }
        }
        table.add("time in all", "stall_us", last.map { $0?.stallMicroseconds }, showsRatios: false) {
            NumberText.microseconds($0)
        }
        return table
    }

    /// What engines lose; `nil` when no document tells.
    var losses: HTMLTable? {
        guard documents.contains(where: { $0.losses != nil }) else { return nil }
        var table = HTMLTable("As the engine says", ["", "durability", "when killed", "when the power goes"])
        for result in results {
            let losses = result.document.losses
            let texts = [result.document.durability, losses?.kill ?? "", losses?.powerCut ?? ""]
            table.rows.append(HTMLTable.Row(name: result.name, cells: texts.map { HTMLTable.Cell($0) }))
        }
        return table
    }

    /// Every field of the documents, a row each, in groups.
    var parameters: String {
        let groups: [(title: String, isOpen: Bool, has: (String) -> Bool)] = [
            ("What was to be done", true, { $0.hasPrefix("work.") || Self.workFields.contains($0) }),
            ("How the engine was set", true, { $0.hasPrefix("engine_settings.") || Self.engineFields.contains($0) }),
            ("The machine and the builds", true, { $0.hasPrefix("environment.") || $0.hasPrefix("host.") }),
            ("What the engine said at the end", false, { $0.hasPrefix("engine_statistics.") }),
            ("What was measured", false, { _ in true }),
        ]
        var rest = Set(results.flatMap { $0.fields.map(\.path) }).sorted()
        return groups.map { group in
            let paths = rest.filter(group.has)
            rest.removeAll(where: group.has)
            guard !paths.isEmpty else { return "" }
            return """
                <details class="print"\(group.isOpen ? " open" : "")><summary>\(group.title)</summary>
                \(table(of: paths).html)
                </details>
                """
        }.joined(separator: "\n")
    }

    private func table(of paths: [String]) -> HTMLTable {
        let rows = paths.map { path in
            let values = results.map { result in result.fields.first { $0.path == path }?.value ?? "" }
            return HTMLTable.Row(name: path, cells: values.map { HTMLTable.Cell($0) }, differs: Set(values).count > 1)
        }
        return HTMLTable("As --json wrote it", ["field"] + names, rows)
    }

    private static let workFields: Set = ["workload", "workers", "rate", "started", "cut_short"]
    private static let engineFields: Set = [
        "engine", "tuning", "durability", "losses.kill", "losses.power_cut", "wal_sync_interval_s",
    ]
}

extension HTMLTable {
    /// Adds a figure of each result, and what it is of the first one's; nothing when there is none.
    fileprivate mutating func add(
        _ name: String, _ field: String, _ values: [Double?], showsRatios: Bool = true, _ text: (Double) -> String
    ) {
        guard values.contains(where: { $0 != nil }) else { return }
        let first = values.first.flatMap { $0 } ?? 0
        let cells = values.map { value in
            guard let value else { return Cell("") }
            let hasRatio = showsRatios && values.count > 1 && first > 0
            return Cell(text(value), note: hasRatio ? ComparisonDocument.ratio(value / first) + "×" : nil, value: value)
        }
        rows.append(Row(name: name, cells: cells, field: field))
    }
}
