import ArgumentParser
import KVBench

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Makes one page of HTML of results.",
        discussion: """
            Of one result or several, over one another, or of a comparison: rates and latencies over time, how latencies \
            are spread, what the engine and the machine did, and every field that the documents have. The page needs no \
            network and no other file.

              kvbench run messages --json a.json
              kvbench run messages --engine lmdb --json b.json
              kvbench report a.json b.json --html report.html
            """)

    @Argument(
        help: ArgumentHelp(
            "A file that run or compare --json wrote. Several are compared with the first.", valueName: "file"))
    var files: [String]

    @Option(help: ArgumentHelp("The page to write; - for standard output.", valueName: "file"))
    var html: String

    func run() throws {
        try withExitStatus {
            let page = try ReportPage(files: files)
            try ResultFile(html, option: "--html").write(text: page.html)
        }
    }
}
