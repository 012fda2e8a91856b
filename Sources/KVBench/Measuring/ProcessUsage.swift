import FoundationEssentials
import Glibc

/// What this process has taken from the machine.
enum ProcessUsage {
    /// User and system time of all threads so far, in microseconds.
    static func cpuMicroseconds() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) * 1e6 + Double($1.tv_usec) }
    }

    /// The memory that is resident now, in bytes; `nil` when the kernel does not tell.
    static func residentBytes() -> Int? {
        let fields = text(of: "/proc/self/statm").split(separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]) else { return nil }
        return pages * sysconf(Int32(_SC_PAGESIZE))
    }

    /// The most memory that was ever resident, in bytes; `nil` when the kernel does not tell.
    static func peakResidentBytes() -> Int? {
        for line in text(of: "/proc/self/status").split(separator: "\n") where line.hasPrefix("VmHWM:") {
            let kibibytes = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first
            return kibibytes.flatMap { Int($0) }.map { $0 * 1024 }
        }
        return nil
    }

    private static func text(of path: String) -> String {
        (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    }
}
