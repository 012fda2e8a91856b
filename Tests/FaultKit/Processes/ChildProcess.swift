internal import Foundation
package import Glibc

/// A real process, with its standard error in a file.
///
/// Its standard input and output are one socket: it prints lines there, and sees the end of its input when the process
/// that started it ends (see ``Lifeline``).
package final class ChildProcess {
    /// How a process ended.
    package enum Ending: Equatable, CustomStringConvertible {
        case exited(Int32)
        case signalled(Int32)
        /// It had to be killed because it did not end in time.
        case hung

        package var description: String {
            switch self {
            case .exited(let status): "exit status \(status)"
            case .signalled(let signal): "signal \(signal)"
            case .hung: "no end in time"
            }
        }
    }

    package let processID: pid_t
    private let output: Int32
    private var pending: [UInt8] = []
    private var hasEnded = false
    private var ending: Ending?
    private let errorFile: String

    package init(
        _ executable: String, _ arguments: [String], environment: [String: String] = [:], errorFile: String
    ) throws {
        self.errorFile = errorFile
        var ends: [Int32] = [0, 0]
        // Rather than a pipe, for it is closed in other children from the first moment on.
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw FaultFailure("no socket: \(errno)")
        }
        output = ends[0]
        defer { Glibc.close(ends[1]) }

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], 0)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        posix_spawn_file_actions_addopen(&actions, 2, errorFile, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var noSignals = sigset_t()
        sigemptyset(&noSignals)
        posix_spawnattr_setsigmask(&attributes, &noSignals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))

        var variables = ProcessInfo.processInfo.environment
        variables.merge(environment) { _, new in new }
        variables[Lifeline.variable] = "1"
        // What went wrong is said in a line; no pages of backtrace after it.
        if variables["KVSTORE_FAULT_BACKTRACE"] == nil { variables["SWIFT_BACKTRACE"] = "enable=no" }
        var spawned = pid_t()
        let status = Self.withCStrings([executable] + arguments) { arguments in
            Self.withCStrings(variables.map { "\($0)=\($1)" }) { environment in
                posix_spawnp(&spawned, executable, &actions, &attributes, arguments, environment)
            }
        }
        guard status == 0 else {
            Glibc.close(ends[0])
            throw FaultFailure("could not run \(executable): \(String(cString: strerror(status)))")
        }
        processID = spawned
    }

    deinit {
        if ending == nil {
            Glibc.kill(processID, SIGKILL)
            _ = waitpid(processID, nil, 0)
        }
        Glibc.close(output)
    }

    private static func withCStrings<Result>(
        _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = texts.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return body(copies + [nil])
    }

    package func kill(_ signal: Int32 = SIGKILL) { if ending == nil { Glibc.kill(processID, signal) } }

    /// What it wrote to standard error, its beginning and its end.
    package var errorText: String {
        let text = (try? String(contentsOfFile: errorFile, encoding: .utf8)) ?? ""
        let showsAll = ProcessInfo.processInfo.environment["KVSTORE_FAULT_BACKTRACE"] != nil
        let short = text.count <= 1500 || showsAll ? text[...] : text.prefix(1000) + " ... " + text.suffix(500)
        return short.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

extension ChildProcess {
    /// Calls `body` with each line that the child prints, until the deadline, the end of its output, or
    /// until `body` returns false.
    ///
    /// - Returns: whether the output has ended.
    @discardableResult
    package func readLines(until deadline: UInt64, _ body: (String) -> Bool) -> Bool {
        while true {
            var start = 0
            while let end = pending[start...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: pending[start..<end], as: UTF8.self)
                start = end + 1
                guard body(line) else {
                    pending.removeFirst(start)
                    return hasEnded && pending.isEmpty
                }
            }
            pending.removeFirst(start)
            if hasEnded { return true }
            guard readMore(until: deadline) else { return false }
        }
    }

    /// Reads what there is, waiting for it until the deadline; false when there was nothing.
    private func readMore(until deadline: UInt64) -> Bool {
        let now = Clock.now
        let milliseconds = deadline > now ? min((deadline - now + 999_999) / 1_000_000, 1_000_000) : 0
        var request = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
        guard poll(&request, 1, Int32(milliseconds)) > 0 else { return false }
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = read(output, &buffer, buffer.count)
        if count > 0 { pending.append(contentsOf: buffer[..<count]) }
        if count == 0 { hasEnded = true }
        return count >= 0 || errno == EINTR
    }

    /// Waits for the process to end, and kills it if it has not by the deadline.
    @discardableResult
    package func wait(until deadline: UInt64) -> Ending {
        if let ending { return ending }
        var status: Int32 = 0
        while waitpid(processID, &status, WNOHANG) == 0 {
            guard Clock.now < deadline else {
                Glibc.kill(processID, SIGKILL)
                _ = waitpid(processID, &status, 0)
                ending = .hung
                return .hung
            }
            usleep(2000)
        }
        let signal = status & 0x7F
        let result = signal == 0 ? Ending.exited((status >> 8) & 0xFF) : .signalled(signal)
        ending = result
        return result
    }
}
