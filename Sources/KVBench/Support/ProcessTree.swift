import FoundationEssentials
import Glibc

/// A process and those that it has started.
enum ProcessTree {
    /// The time of processors that a process has taken, with its children that have ended and those that run. `nil` when
    /// there is no such process.
    static func cpuMicroseconds(of process: pid_t) -> Double? {
        guard let own = stat(of: process) else { return nil }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        let children = names.compactMap { pid_t($0) }.compactMap { stat(of: $0) }.filter { $0.parent == process }
        let ticks = own.ticks + own.childrensTicks + children.reduce(0) { $0 + $1.ticks }
        return ticks * 1e6 / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    private static func stat(of process: pid_t) -> (parent: pid_t, ticks: Double, childrensTicks: Double)? {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return nil }
        // Behind the name in parentheses: the state, the parent, and from the twelfth on the times.
        let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 14, let parent = pid_t(fields[1]) else { return nil }
        let times = fields[11...14].compactMap { Double($0) }
        guard times.count == 4 else { return nil }
        return (parent, times[0] + times[1], times[2] + times[3])
    }
}
