import ArgumentParser
import KVBench

struct ManualCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "manual",
        abstract: "Prints the manual page.",
        discussion: """
            Made of what --help says, for man and for packages:

              kvbench manual | man -l -
              kvbench manual > /usr/local/share/man/man1/kvbench.1
            """)

    func run() throws { Terminal.write(try ManualPage(Kvbench._dumpHelp()).text) }
}
