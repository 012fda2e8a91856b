import FoundationEssentials
import Glibc

/// What this process has taken from the machine, at one moment.
struct ProcessUsage: Sendable {
    /// User and system time of all threads so far, in microseconds; `nil` when it is not known.
    var cpuMicroseconds: Double?
    /// The memory that is resident; `nil` when the kernel does not tell, as what follows.
    var residentBytes: Int?
    /// What disks have read for the process so far, which is not what caches had.
    var diskReadBytes: Int?
    /// What the process has had written to disks so far, as soon as it is handed to the kernel.
    var diskWrittenBytes: Int?

    static func now() -> ProcessUsage {
        var disk: [Substring: Int] = [:]
        for line in text(of: "/proc/self/io").split(separator: "\n") {
            let parts = line.split(separator: ":")
            if parts.count == 2 { disk[parts[0]] = Int(parts[1].drop { $0 == " " }) }
        }
        return ProcessUsage(
            cpuMicroseconds: cpuMicroseconds(), residentBytes: residentBytes(), diskReadBytes: disk["read_bytes"],
            diskWrittenBytes: disk["write_bytes"])
    }

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
