/// The tuning document's "Comparison with Other Stores", beside what was measured here. Its figures are of other machines
/// and went through HTTP: ratios say more.
struct DocumentComparison {
    /// What the document says that a store reaches, in operations a second.
    private static let figures: [String: ClosedRange<Double>] = [
        // Pebble there.
        "kvstore": 38_500...38_500, "postgres": 1_000...2_000, "sqlite": 5_000...10_000,
    ]

    let comparison: ComparisonDocument

    /// The table, none where the document has no figures for two of those that were compared.
    var lines: [String] {
        let rows = comparison.contestants.compactMap { contestant -> Row? in
            guard let run = contestant.runs.first, run.workload == "messages", run.tuning == "documented",
                let rate = contestant.figures["operations_per_second"]?.median
            else { return nil }
            return Row(name: contestant.name, here: rate, there: Self.figures[run.engine])
        }
        guard let own = rows.first(where: { $0.there == Self.figures["kvstore"] }),
            rows.contains(where: { $0.there != nil && $0.name != own.name })
        else { return [] }
        var table = TextTable()
        table.add(["operations/s", "here", "ratio", "document", "ratio"])
        for row in rows {
            table.add(
                [row.name, NumberText.grouped(row.here), ComparisonDocument.ratio(row.here / own.here)] + there(row))
        }
        return ["beside the tuning document's table, which has Pebble as", "its own store and other machines"]
            + table.lines
    }

    private func there(_ row: Row) -> [String] {
        guard let there = row.there, let own = Self.figures["kvstore"]?.lowerBound else { return ["", ""] }
        let bounds = there.lowerBound == there.upperBound ? [there.lowerBound] : [there.lowerBound, there.upperBound]
        return [
            bounds.map { NumberText.grouped($0) }.joined(separator: "-"),
            bounds.map { ComparisonDocument.ratio($0 / own) }.joined(separator: "-"),
        ]
    }

    private struct Row {
        let name: String
        let here: Double
        let there: ClosedRange<Double>?
    }
}
