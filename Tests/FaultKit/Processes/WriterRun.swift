internal import Glibc

/// A writer process and what it has said so far.
package final class WriterRun {
    package let process: ChildProcess
    package private(set) var acknowledgements: [Acknowledgement] = []
    /// What the writer itself found wrong.
    package private(set) var complaints: [String] = []
    /// Lines that say that a call failed.
    package private(set) var failures: [Failure] = []
    package private(set) var isReady = false
    package private(set) var isClosing = false
    package private(set) var isDone = false
    /// By how much the machine let a thread of the writer wake up too late at most, in nanoseconds.
    package private(set) var lateness: UInt64 = 0
    /// Lines of other kinds, such as those of a churning writer.
    package private(set) var otherLines: [[String]] = []

    package struct Failure {
        package let stream: Int?
        package let sequence: UInt64
        package let operation: String
        package let code: String
        package let text: String

        /// Whether one thread's reopening of a namespace explains it: a cursor or an update of another keeps the
        /// database from being opened anew, or ends when it is.
        package var comesOfReopening: Bool {
            ["alreadyOpen", "busy"].contains(code) || code == "closed" && text.contains("reopened meanwhile")
        }
    }

    package init(_ arguments: [String], environment: [String: String] = [:], errorFile: String) throws {
        process = try ChildProcess(
            Programs.writer, arguments, environment: environment, errorFile: errorFile)
    }

    /// Listens until the deadline, the end of the output, or until `isEnough`.
    package func listen(until deadline: UInt64, isEnough: (WriterRun) -> Bool = { _ in false }) {
        process.readLines(until: deadline) { line in
            note(line.split(separator: " "))
            return !isEnough(self)
        }
    }

    /// Kills the process and takes in what it had said.
    package func kill() {
        process.kill()
        listen(until: Clock.after(milliseconds: 10_000))
        process.wait(until: Clock.after(milliseconds: 10_000))
    }

    private func note(_ words: [Substring]) {
        switch words.first {
        case "ack": if let one = Acknowledgement(words) { acknowledgements.append(one) }
        case "bad", "stuck:": complaints.append(words.joined(separator: " "))
        case "err" where words.count >= 5:
            failures.append(
                Failure(
                    stream: Int(words[1]), sequence: UInt64(words[2]) ?? 0, operation: String(words[3]),
                    code: String(words[4]), text: words[5...].joined(separator: " ")))
        case "ready":
            isReady = true
            isClosing = false
        case "late" where words.count == 2: lateness = max(lateness, UInt64(words[1]) ?? 0)
        case "closing": isClosing = true
        case "done": isDone = true
        default: otherLines.append(words.map(String.init))
        }
    }

    /// Whether the engine ended the process in the one way that is not promised away: a database with several column
    /// families flushes, meets an older log that another thread has just failed to sync, and asserts. See
    /// docs/durability.md.
    package func wasEndedByFlush(_ ending: ChildProcess.Ending) -> Bool {
        ending == .signalled(SIGABRT) && process.errorText.contains("sync_without_flush_called_")
    }

    /// How the process ended when it should have ended in order; nil when it did.
    package func disorder(_ ending: ChildProcess.Ending) -> String? {
        if ending == .exited(0), isDone { return nil }
        return "the process ended with \(ending): \(process.errorText)"
    }
}
