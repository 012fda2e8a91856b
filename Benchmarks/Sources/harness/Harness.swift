import ArgumentParser

/// The workloads of kvbench through the engine's C API.
@main
struct Harness: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "harness",
        abstract: "Runs workloads through RocksDB's C API, for comparison with kvbench or of the engine's options.",
        subcommands: [RunCommand.self, CommitsCommand.self, ModelsCommand.self, TuningCommand.self])
}
