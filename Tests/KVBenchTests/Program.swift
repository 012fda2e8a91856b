import Foundation
import SystemPackage
import Testing

/// The built executable, as a user runs it.
struct Program {
    let folder: FilePath

    typealias Result = (status: Int32, output: String, error: String)

    func run(_ arguments: [String]) throws -> Result {
        try finish(start(arguments))
    }

    private static let file = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        .appending(path: "kvbench")

    /// Runs a line of the shell, in which `$KVBENCH` is the program.
    func shell(_ line: String) throws -> Result {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", line]
        process.environment = ProcessInfo.processInfo.environment.merging(["KVBENCH": Self.file.path]) { $1 }
        return try finish(start(process))
    }

    func start(_ arguments: [String]) throws -> Process {
        let process = Process()
        process.executableURL = Self.file
        process.arguments = arguments
        return try start(process)
    }

    private func start(_ process: Process) throws -> Process {
        process.currentDirectoryURL = URL(filePath: folder.string)
        process.standardOutput = Pipe()
        process.standardError = Pipe()
        try process.run()
        return process
    }

    /// Reads what it prints to its end and waits for that.
    func finish(_ process: Process) throws -> Result {
        func text(of pipe: Any?) throws -> String {
            let data = try (pipe as? Pipe)?.fileHandleForReading.readToEnd() ?? Data()
            return String(decoding: data, as: UTF8.self)
        }
        let (output, error) = (try text(of: process.standardOutput), try text(of: process.standardError))
        process.waitUntilExit()
        let isExit = process.terminationReason == .exit
        return (isExit ? process.terminationStatus : 128 + process.terminationStatus, output, error)
    }
}

/// Waits for something to come about, for minutes on a machine that is busy.
func wait(for what: String, _ condition: () throws -> Bool) throws {
    for _ in 0..<15_000 {
        if try condition() { return }
        usleep(20_000)
    }
    Issue.record("in five minutes: no \(what)")
}
