internal import Foundation
internal import Glibc

/// A program of the system that is run to its end.
package enum Tool {
    /// - Throws: when it cannot be run or fails, with what it said.
    package static func run(_ command: [String], seconds: Int = 60) throws {
        let errors = "/tmp/kvstore-fault-tool-\(getpid())-\(UInt32.random(in: 0...(.max)))"
        defer { unlink(errors) }
        let process = try ChildProcess(command[0], Array(command.dropFirst()), errorFile: errors)
        let deadline = Clock.after(milliseconds: seconds * 1000)
        process.readLines(until: deadline) { _ in true }
        let ending = process.wait(until: deadline)
        guard ending == .exited(0) else {
            throw FaultFailure("\(command.joined(separator: " ")): \(ending) \(process.errorText)")
        }
    }

    /// Whether a program is on the search path.
    package static func isInstalled(_ name: String) -> Bool {
        let folders =
            (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
            + ["/usr/sbin", "/sbin"]
        return folders.contains { access("\($0)/\(name)", X_OK) == 0 }
    }
}
