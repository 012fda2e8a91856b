import ArgumentParser
import KVBench
import KVStore

/// The benchmark tool: what it measures and how is in the library target `KVBench`.
@main
struct Kvbench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kvbench",
        abstract: "Loads a store, measures it, and checks every answer.",
        discussion: """
            Exit status: 0 when it ran, 1 when there were errors during the run, 64 for bad usage, 130 after Ctrl-C.

            Numbers and sizes are taken as people write them: 1000000, 1e6, 1M, 64KiB; durations as 30s, 500ms, 2m, 1h.

            kvbench --generate-completion-script bash (or zsh, fish) prints what completes its commands and options in a \
            shell, kvbench manual its manual page.
            """,
        subcommands: [
            RunCommand.self, CompareCommand.self, DiffCommand.self, NamespacesCommand.self, EngineCommand.self,
            ReportCommand.self, ProfileCommand.self, ListCommand.self, ManualCommand.self, WriteUntilKilledCommand.self,
            FillCommand.self, ObserveCommand.self,
        ])

    static func main() { main(CountText.plain(Array(CommandLine.arguments.dropFirst()))) }

    // Not the parser's own, whose text is made whatever the command: to ask the engine takes some milliseconds.
    @Flag(help: "Print the versions of the library and of the engine.")
    var version = false

    func run() throws {
        guard version else { throw CleanExit.helpRequest(self) }
        let engine = try EngineInfo.current()
        Terminal.write("kvbench \(Store.libraryVersion), RocksDB \(engine.version) (\(engine.build))\n")
    }
}
