import FoundationEssentials
import Glibc
import SystemPackage

/// Linux's profiler, as far as a profile uses it.
enum Perf {
    /// The command that samples what is behind it. A clock of the kernel, since virtual machines have no counters;
    /// frame pointers, which Swift and the engine keep, since copies of stacks would cost too much.
    static func sampling(_ rate: Int) -> [String] {
        ["perf", "record", "-q", "-e", "cpu-clock", "-F", "\(rate)", "--call-graph", "fp"]
    }

    /// The commands that record when threads of what is behind them wait, and for what; the better ones first.
    ///
    /// The C library's waiting functions use the frame pointer for something else. So whose code called them is told by a
    /// copy of the stack, which is affordable for threads that fall asleep and not for each that only gives way: the
    /// kernel can tell one from the other only where its events are there to be traced.
    static let switches = [
        [
            "perf", "record", "-q", "-e", "sched:sched_switch/call-graph=dwarf,stack-size=2048/", "--filter",
            "prev_state != 0", "-e", "context-switches/call-graph=fp,period=1/", "--switch-events",
        ],
        ["perf", "record", "-q", "-e", "context-switches/call-graph=fp,period=1/", "--switch-events"],
    ]

    /// The first of some commands that works here; otherwise why the last does not.
    static func working(_ tools: ProfileTools, _ commands: [[String]]) throws -> (command: [String]?, refusal: String) {
        var refusal = ""
        for command in commands {
            guard let reason = try Self.refusal(tools, command) else { return (command, "") }
            refusal = reason
        }
        return (nil, refusal)
    }

    /// Why a command of perf does not work here; `nil` when it does.
    static func refusal(_ tools: ProfileTools, _ command: [String]) throws -> String? {
        let (data, log) = ("perf.data", "perf.log")
        defer {
            tools.folder.remove(data)
            tools.folder.remove(log)
        }
        let arguments = command + ["-o", tools.folder.file(data), "--", "true"]
        do {
            let status = try tools.runner.run(arguments, output: nil, errors: tools.folder.file(log), seconds: 5)
            if status == 0 { return nil }
        } catch is StepFailure {
            return "perf is not installed; Debian's package is linux-perf"
        }
        let said = tools.folder.read(log) ?? ""
        if let level = try? String(contentsOfFile: "/proc/sys/kernel/perf_event_paranoid", encoding: .utf8),
            let number = Int(level.trimmed), number > 1, geteuid() != 0
        {
            return "perf is not permitted to this user: kernel.perf_event_paranoid is \(number); as root,"
                + " sysctl kernel.perf_event_paranoid=1 permits it until the next boot"
        }
        let reason = said.split(separator: "\n").first { !$0.allSatisfy { $0 == " " } } ?? "without a word"
        return "perf does not work here: \(reason)"
    }

    /// Reads a recording.
    static func read(_ tools: ProfileTools, _ data: String, into script: inout PerfScript) throws {
        guard access(data, R_OK) == 0 else { throw StepFailure("perf left no recording") }
        let log = tools.folder.file("perf.log")
        let arguments = ["perf", "script", "-i", data, "--no-inline", "--show-switch-events"]
        let stop = tools.runner.stop
        let status = try tools.runner.run(arguments, errors: log, seconds: 60) { script.read($0, stop: stop) }
        guard status == 0 else {
            throw StepFailure("perf script ended with status \(status): \(tools.lastLine(of: "perf.log"))")
        }
        tools.folder.remove("perf.log")
    }
}

extension String {
    /// Without spaces and line breaks around it.
    var trimmed: String {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\n" || $0 == "\t" }
        return String(drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    }
}
