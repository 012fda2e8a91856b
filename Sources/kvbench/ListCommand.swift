import ArgumentParser
import KVBench

struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists the workloads, engines and tunings of this build.")

    func run() {
        Terminal.write(CatalogListing.text)
    }
}
