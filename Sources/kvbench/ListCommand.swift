import ArgumentParser
import KVBench

struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists the workloads, engines and tunings of this build.")

    @Flag(help: "Print JSON.")
    var json = false

    @Flag(help: "Print lines of values with commas between them.")
    var csv = false

    func validate() throws {
        if json, csv { throw ValidationError("--json and --csv are two formats; give one of them") }
    }

    func run() throws {
        let document = CatalogDocument()
        Terminal.write(json ? try JSONText.encode(document) : csv ? document.csv : CatalogListing.text)
    }
}
