/// What `kvbench report` makes: results and comparisons as one page of HTML that needs nothing else.
public struct ReportPage {
    private let input: ReportInput

    /// - Parameter files: the paths of documents that `--json` wrote, in the order in which they are shown.
    /// - Throws: `UsageError` for a file that cannot be read, or is no such document, or of a newer version.
    public init(files: [String]) throws(UsageError) {
        input = try ReportInput(files: files)
    }

    /// The page.
    public var html: String {
        let results = input.results
        let workloads = Set(results.map(\.document.workload)).sorted().joined(separator: ", ")
        let started = results.compactMap(\.document.started).min().map { ", from \($0) on" } ?? ""
        var page = HTMLPage(
            "kvbench: \(workloads)",
            subtitle: "Measured by kvbench\(started): \(results.map(\.name).joined(separator: ", "))")
        let remarks = ReportRemarks(results)
        page.add("To mind", HTMLText.list(remarks.warnings))
        let tables = ReportTables(results)
        for comparison in input.comparisons {
            let note = "Below a median: the ratio to the first in the same round, and how far the rounds are from it."
            page.add("Comparison", "<p class=\"quiet\">\(note)</p>\n\(comparison.pageTable.html)")
        }
        if input.comparisons.isEmpty {
            page.add("Results", tables.summary.html)
        } else {
            // The table of the comparison has said most of it.
            page.add(
                "The runs that are shown",
                """
                <details class="print"><summary>Of each the one whose rate is the median</summary>
                \(tables.summary.html)
                </details>
                """)
        }
        let charts = ReportCharts(results)
        page.add("Over time", charts.overTime)
        page.add("How latencies are spread", charts.spread)
        page.add("Inside the engine", charts.engine)
        page.add("Writes that the engine held up", tables.stalls?.html ?? "")
        page.add("What it took from the machine", charts.machine)
        page.add("What is lost of acknowledged commits", tables.losses?.html ?? "")
        page.add("Everything that was set and measured", tables.parameters)
        page.add("How to read this", HTMLText.list(ReportRemarks.explanations))
        return page.html
    }
}
