import Foundation
import SystemPackage

/// A second process that has a store open until it is told to end.
final class StoreProcess {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    /// What it said first: `open`, or why it could not.
    let answer: String

    /// - Parameter uses: what else it does before it says so.
    init(opening path: FilePath, _ uses: String...) throws {
        process.executableURL = URL(fileURLWithPath: try Self.executable().string)
        process.arguments = [path.string] + uses
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        var line: [UInt8] = []
        while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first, byte != UInt8(ascii: "\n") {
            line.append(byte)
        }
        answer = String(decoding: line, as: UTF8.self)
    }

    /// Runs it with other arguments and returns what it says until it has ended.
    static func run(_ arguments: String...) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: try executable().string)
        process.arguments = arguments
        process.standardOutput = output
        try process.run()
        let said = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: said, as: UTF8.self)
    }

    /// Built beside the test bundle, which is what this process runs.
    private static func executable() throws -> FilePath {
        let folder = FilePath(try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        return folder.removingLastComponent().appending("StoreProcess")
    }

    /// Lets it close the store and waits for its end.
    func finish() {
        // A line and not the end of the pipe, of which other children may hold the writing end too. One that was refused
        // the store may have ended and reads nothing.
        try? input.fileHandleForWriting.write(contentsOf: "close\n".bytes)
        process.waitUntilExit()
    }

    /// Ends it as `kill -9` does, and waits for its end.
    func kill() {
        Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
