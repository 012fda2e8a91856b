import Foundation
import SystemPackage

/// A second process that has a store open until it is told to end.
final class StoreProcess {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    /// What it said first: `open`, or why it could not.
    let answer: String

    init(opening path: FilePath) throws {
        // Built beside the test bundle, which is what this process runs.
        let folder = FilePath(try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        process.executableURL = URL(fileURLWithPath: folder.removingLastComponent().appending("StoreProcess").string)
        process.arguments = [path.string]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        var line: [UInt8] = []
        while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first, byte != UInt8(ascii: "\n") {
            line.append(byte)
        }
        answer = String(decoding: line, as: UTF8.self)
    }

    /// Lets it close the store and waits for its end.
    func finish() throws {
        // A line and not the end of the pipe, of which other children may hold the writing end too.
        try input.fileHandleForWriting.write(contentsOf: "close\n".bytes)
        process.waitUntilExit()
    }

    /// Ends it as `kill -9` does, and waits for its end.
    func kill() {
        Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
