import FoundationEssentials
import Glibc

/// Runs of kvbench in processes of their own: each begins with fresh memory, and one that crashes ends alone.
struct RunProcess {
    /// Whether they draw their progress.
    let shows: Bool

    /// Runs what a contestant does.
    ///
    /// - Returns: Its document; that of a run that was cut short when a signal came; `nil` when there was nothing yet.
    /// - Throws: `UsageError` when it refuses, and `RunFailure` when it ends without a result.
    func run(_ contestant: Contestant, _ stop: StopRequest) throws -> ResultDocument? {
        let file = "\(FileManager.default.temporaryDirectory.path)/kvbench-\(UUID().uuidString).json"
        defer { unlink(file) }
        guard let program = realpath("/proc/self/exe", nil) else { throw RunFailure("its own program cannot be found") }
        defer { free(program) }
        let arguments =
            [String(cString: program), "run"] + contestant.options.arguments + ["--json", file]
            + (shows ? [] : ["--quiet"])
        let process = try ChildProcess(arguments)
        let status = wait(for: process, stop)
        // What it had measured until then is there all the same, unless that was nothing.
        if stop.signal != nil, access(file, F_OK) != 0 { return nil }
        if status == UsageError.exitStatus {
            throw UsageError("the run of '\(contestant.name)' was refused, as it says")
        }
        guard let bytes = try? Data(contentsOf: URL(filePath: file)) else {
            throw RunFailure("the run of '\(contestant.name)' ended with status \(status) and without a result")
        }
        return try JSONDecoder().decode(ResultDocument.self, from: bytes)
    }

    private func wait(for process: ChildProcess, _ stop: StopRequest) -> Int32 {
        var sinceStop = 0
        while true {
            if let status = process.exitStatus() { return status }
            usleep(20_000)
            guard let signal = stop.signal else { continue }
            // Ctrl-C goes to all in the foreground; another signal came to this process alone.
            sinceStop += 1
            if sinceStop == 25 { process.send(signal) }
        }
    }
}

/// A run that ended without a result.
struct RunFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
