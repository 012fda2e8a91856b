import ArgumentParser
import KVBench
import KVStore
import SystemPackage

/// For the tests, which kill it.
struct WriteUntilKilledCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "write-until-killed",
        abstract: "Writes numbered entries and prints the number of each that was acknowledged.",
        shouldDisplay: false)

    @Option var engine: String
    @Option var durability: Durability
    @Option var data: String

    func run() throws {
        try withExitStatus {
            try EndlessWriter(engine: engine, durability: durability, data: FilePath(data)).run()
        }
    }
}
