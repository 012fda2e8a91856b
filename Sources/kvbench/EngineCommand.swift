import ArgumentParser
import KVBench
import SystemPackage

struct EngineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "engine",
        abstract: "Says which RocksDB is linked and what the machine gives it.")

    @Option(help: "The directory whose synced writes are timed.")
    var data = "."

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        do {
            let report = try EngineReport(measuringIn: FilePath(data))
            Terminal.write(json ? try JSONText.encode(report) : report.text)
        } catch let error as UsageError {
            throw error.exit
        }
    }
}
