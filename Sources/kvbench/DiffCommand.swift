import ArgumentParser
import KVBench

struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Compares two results of the same work.",
        discussion: """
            Refuses two that are not of the same work. Says what is different about the engine, its settings and the machine \
            before it shows the figures and their ratios.
            """)

    @Argument(help: "A file that kvbench run --json wrote.")
    var first: String

    @Argument(help: "Another one, whose figures are divided by the first one's.")
    var second: String

    func run() throws {
        try withExitStatus { Terminal.write(try ResultDifference(first, second).table) }
    }
}
