extension ComparisonDocument {
    /// The medians, with how far the rounds are from them, and the ratios to the first, for a page.
    var pageTable: HTMLTable {
        var table = HTMLTable("Medians of \(rounds) round\(rounds == 1 ? "" : "s")", [""] + contestants.map(\.name))
        for figure in ComparedFigure.all {
            let figures = contestants.map { $0.figures[figure.name] }
            guard figures.contains(where: { $0 != nil }) else { continue }
            let cells = figures.map { found in
                guard let found else { return HTMLTable.Cell("") }
                let notes = [found.ratio.map { Self.ratio($0) + "×" } ?? "", found.spread]
                return HTMLTable.Cell(
                    Self.text(of: figure.name, found.median), note: notes.filter { !$0.isEmpty }.joined(separator: " "),
                    value: found.median)
            }
            table.rows.append(HTMLTable.Row(name: Self.words(of: figure.name), cells: cells, field: figure.name))
        }
        return table
    }

    private static func text(of name: String, _ value: Double) -> String {
        if name.hasSuffix("bytes") { return NumberText.bytes(Int(value)) }
        return name.contains("_us") ? NumberText.microseconds(value) : NumberText.grouped(value)
    }

    private static func words(of name: String) -> String {
        let words = [
            "writes_per_second": "writes/s", "reads_per_second": "reads/s", "operations_per_second": "operations/s",
            ComparedFigure.sameWork: "operations/s up to the same work", "cpu_us_per_operation": "CPU of an operation",
            "peak_rss_bytes": "peak memory", "disk_bytes": "disk",
        ]
        let percentiles = ["p999": "p99.9", "p9999": "p99.99"]
        let parts = name.split(separator: ".").map(String.init)
        return words[name] ?? parts.dropFirst().map { percentiles[$0] ?? $0 }.joined(separator: " ")
    }
}
