import Foundation
import SystemPackage

/// A second process that works on a store: see `Tests/MaintenanceProcess`, or another program of the tests.
final class MaintenanceProcess {
    private let process = Process()
    private let output = Pipe()

    convenience init(program name: String = "MaintenanceProcess", _ arguments: String...) throws {
        try self.init(program: name, arguments)
    }

    /// - Parameter shell: a command in front, which runs what comes after it.
    init(program name: String = "MaintenanceProcess", _ arguments: [String], behind shell: [String] = []) throws {
        // Built beside the test bundle, which is what this process runs.
        let program = FilePath(try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        let folder = program.removingLastComponent()
        let command = shell + [folder.appending(name).string] + arguments
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        try process.run()
    }

    deinit { if process.isRunning { kill() } }

    /// The next line that it says, nil when it has ended.
    func line() throws -> String? {
        var bytes: [UInt8] = []
        while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first {
            if byte == UInt8(ascii: "\n") { return String(decoding: bytes, as: UTF8.self) }
            bytes.append(byte)
        }
        return nil
    }

    /// All that it says until it ends.
    func lines() throws -> [String] {
        var lines: [String] = []
        while let line = try line() { lines.append(line) }
        process.waitUntilExit()
        return lines
    }

    /// Ends it as `kill -9` does, and waits for its end.
    func kill() {
        Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
