import FoundationEssentials
import Glibc
import SystemPackage

/// Runs the programs of a profile, one after another, each in a process group of its own, which can be ended whole.
struct StepRunner: Sendable {
    let stop: StopRequest
    /// Told every second how many have passed; `nil` when nobody looks.
    let tick: (@Sendable (Int) -> Void)?

    /// Runs a program to its end.
    ///
    /// - Parameters:
    ///   - output: the file for its standard output; `nil` for none.
    ///   - errors: the file for its standard error, which must not be that of the output.
    ///   - seconds: how long it takes; one that takes very much longer is ended.
    /// - Returns: Its exit status.
    /// - Throws: `StepFailure` when it cannot be started or does not end, and `Interrupted`.
    func run(_ arguments: [String], output: String?, errors: String, seconds: Int) throws -> Int32 {
        let outputFile = try output.map { try Self.open($0) }
        defer { try? outputFile?.close() }
        let errorFile = try Self.open(errors)
        defer { try? errorFile.close() }
        let process = try start(arguments, output: outputFile, errors: errorFile)
        return try wait(for: process, arguments[0], seconds: seconds)
    }

    /// Runs a program and reads what it prints while it does.
    ///
    /// - Parameter reader: returns whether it read to the end.
    func run(
        _ arguments: [String], errors: String, seconds: Int, reader: (FileDescriptor) -> Bool
    ) throws -> Int32 {
        let errorFile = try Self.open(errors)
        defer { try? errorFile.close() }
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw StepFailure("no pipe can be made") }
        let (readEnd, writeEnd) = (FileDescriptor(rawValue: ends[0]), FileDescriptor(rawValue: ends[1]))
        _ = fcntl(ends[0], F_SETFD, FD_CLOEXEC)
        _ = fcntl(ends[1], F_SETFD, FD_CLOEXEC)
        defer { try? readEnd.close() }
        let process: ChildProcess
        do {
            defer { try? writeEnd.close() }
            process = try start(arguments, output: writeEnd, errors: errorFile)
        }
        if !reader(readEnd) { end(process) }
        return try wait(for: process, arguments[0], seconds: seconds)
    }

    private func start(_ arguments: [String], output: FileDescriptor?, errors: FileDescriptor) throws -> ChildProcess {
        try checkStop()
        do {
            return try ChildProcess(arguments, output: output, errors: errors, leadsGroup: true)
        } catch {
            throw StepFailure("'\(arguments[0])' cannot be started: \(error)")
        }
    }

    private func wait(for process: ChildProcess, _ name: String, seconds: Int) throws -> Int32 {
        let start = MonotonicClock.now()
        let limit = UInt64(seconds * 10 + 300)
        var shown = 0
        while true {
            if let status = process.exitStatus() {
                // What it has started may outlive it.
                if process.groupRuns, stop.isMade { end(process) }
                try checkStop()
                return status
            }
            usleep(20_000)
            if stop.isMade {
                end(process)
                try checkStop()
            }
            let passed = (MonotonicClock.now() - start) / 1_000_000_000
            guard passed < limit else {
                end(process)
                throw StepFailure("'\(name)' did not end in \(limit) s")
            }
            if passed > shown {
                shown = Int(passed)
                tick?(shown)
            }
        }
    }

    /// Asks the process and all that it has started to end, as Ctrl-C would, and ends them after ten seconds.
    private func end(_ process: ChildProcess) {
        process.send(SIGINT)
        for _ in 0..<500 {
            if process.exitStatus() != nil, !process.groupRuns { return }
            usleep(20_000)
        }
        process.send(SIGKILL)
        process.wait()
    }

    /// - Throws: `Interrupted` when a signal has asked for the end.
    func checkStop() throws {
        if let signal = stop.signal { throw Interrupted(signal: signal, keptData: nil) }
    }

    private static func open(_ path: String) throws -> FileDescriptor {
        do {
            return try FileDescriptor.open(
                path, .writeOnly, options: [.create, .truncate, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
        } catch {
            throw StepFailure("'\(path)' cannot be written: \(error)")
        }
    }
}

/// Why a step of a profile came to nothing.
struct StepFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
