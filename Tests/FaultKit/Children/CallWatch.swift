internal import Foundation
internal import Glibc

/// The calls that are under way in this process. One that does not end is said with all the others, and ends the
/// process: `stuck: <call> ...`.
final class CallWatch: @unchecked Sendable {  // guarded by its lock
    private let lock = NSLock()
    private var calls: [Int: (what: String, since: UInt64)] = [:]
    private var lastID = 0

    /// - Parameter seconds: how long a call may take. Far more than any does on the slowest machine.
    init(seconds: Int = 30) {
        Thread.detachNewThread { [self] in
            while true {
                Clock.sleep(milliseconds: 200)
                let limit = UInt64(seconds) * 1_000_000_000
                let all = lock.withLock { calls.values.sorted { $0.since < $1.since } }
                if let oldest = all.first, Clock.now > oldest.since + limit { giveUp(all.map(\.what), seconds) }
            }
        }
    }

    func watch<Result>(_ what: String, _ body: () throws -> Result) rethrows -> Result {
        let id = lock.withLock {
            lastID += 1
            calls[lastID] = (what, Clock.now)
            return lastID
        }
        defer { lock.withLock { calls[id] = nil } }
        return try body()
    }

    private func giveUp(_ all: [String], _ seconds: Int) -> Never {
        let others = all.dropFirst().joined(separator: ", ")
        ChildSetup.print("stuck: \(all.first ?? "") has not ended after \(seconds) s; under way: \(others)")
        for stack in stacks() { ChildSetup.print("bad stack: \(stack)") }
        _exit(4)
    }

    /// The library's frames of each thread, where there is a debugger.
    private func stacks() -> [String] {
        guard Tool.isInstalled("gdb") else { return [] }
        // Into a file: nobody in this process can read meanwhile.
        let (output, errors) = ("/tmp/kvstore-fault-stacks-\(getpid())", "/tmp/kvstore-fault-stacks-\(getpid()).error")
        defer { for path in [output, errors] { unlink(path) } }
        let command = "gdb -p \(getpid()) -batch -ex 'thread apply all bt 24' > \(output) 2>&1"
        let gdb = try? ChildProcess("/bin/sh", ["-c", command], errorFile: errors)
        _ = gdb?.wait(until: Clock.after(milliseconds: 60_000))
        let text = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
        return text.components(separatedBy: "\nThread ").compactMap { thread in
            let frames = thread.split(separator: "\n").compactMap { line -> Substring? in
                guard line.hasPrefix("#"), line.contains("7KVStore"), let name = line.range(of: " in ") else {
                    return nil
                }
                return line[name.upperBound...].prefix { $0 != " " && $0 != "(" }.prefix(90)
            }
            return frames.isEmpty ? nil : frames.prefix(8).joined(separator: " < ")
        }
    }
}

/// Runs asynchronous work from a thread that may wait.
func waiting<Success: Sendable>(_ body: @escaping @Sendable () async throws -> Success) throws -> Success {
    let ended = DispatchSemaphore(value: 0)
    nonisolated(unsafe) var result: Result<Success, any Error>?
    Task.detached {
        do { result = .success(try await body()) } catch { result = .failure(error) }
        ended.signal()
    }
    ended.wait()
    guard let result else { throw FaultFailure("a task has ended without a result") }
    return try result.get()
}
