import FoundationEssentials

/// Lines of values with commas between them, as RFC 4180 has them, but for line breaks, which are those of Linux.
public enum CSVText {
    /// The results of a run, of one workload or of several: a line of names, and for each one of what it measured.
    ///
    /// - Throws: What the encoder says.
    public static func text(_ documents: [ResultDocument]) throws -> String { try text(documents.map { ([:], $0) }) }

    /// The runs of a comparison, one a line, with who it was of and in which round.
    ///
    /// - Throws: What the encoder says.
    public static func text(_ comparison: ComparisonDocument) throws -> String {
        try text(
            comparison.contestants.flatMap { contestant in
                contestant.runs.enumerated().map { round, document in
                    (["contestant": contestant.name, "round": "\(round + 1)"], document)
                }
            })
    }

    /// Lists and what each engine calls its own way are left out, so that the columns are always the same.
    private static func text(_ runs: [(first: [String: String], document: ResultDocument)]) throws -> String {
        let names = (runs.first?.first ?? [:]).keys.sorted()
        let rows = try runs.map { first, document in
            let tree = try JSONDecoder().decode(JSONTree.self, from: JSONEncoder().encode(document))
            let fields = tree.fields(absent: "").filter { field in
                !["engine_settings", "engine_statistics", "failures"].contains { field.path.hasPrefix($0) }
            }
            return (names.map { (path: $0, value: first[$0] ?? "") }) + fields
        }
        // A run that read nothing has no latencies of reads.
        let columns = names + Set(rows.flatMap { $0.map(\.path) }).subtracting(names).sorted()
        return lines(
            [columns] + rows.map { row in columns.map { column in row.first { $0.path == column }?.value ?? "" } })
    }

    static func lines(_ rows: [[String]]) -> String {
        rows.map { $0.map(quoted).joined(separator: ",") + "\n" }.joined()
    }

    private static func quoted(_ value: String) -> String {
        guard value.contains(where: { ",\"\n\r".contains($0) }) else { return value }
        return "\"" + value.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
