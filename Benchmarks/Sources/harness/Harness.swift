import ArgumentParser

/// The workloads of kvbench through the engine's C API.
@main
struct Harness: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "harness",
        abstract: "Runs a workload of kvbench through RocksDB's C API, for comparison with kvbench.",
        subcommands: [RunCommand.self])
}
