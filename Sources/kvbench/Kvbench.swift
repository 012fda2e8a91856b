import ArgumentParser

/// The benchmark tool: what it measures and how is in the library target `KVBench`.
@main
struct Kvbench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kvbench",
        abstract: "Loads a store, measures it, and checks every answer.",
        discussion: "Exit status: 0 when it ran, 1 when there were errors during the run, 64 for bad usage.",
        subcommands: [RunCommand.self, NamespacesCommand.self, EngineCommand.self, ListCommand.self])
}
