import FoundationEssentials
import Glibc

/// The machine's processors at one moment, as the kernel counts their time.
struct HostTimes {
    /// The load averages of 1, 5 and 15 minutes; `nil` when the kernel does not tell.
    let load: [Double]?
    /// Since the start, in ticks: all time, and parts of it.
    private let all: Double?
    private let idle: Double
    private let ioWait: Double
    private let steal: Double

    static func now() -> HostTimes {
        HostTimes(
            stat: (try? String(contentsOfFile: "/proc/stat", encoding: .utf8)) ?? "",
            load: (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8)) ?? "")
    }

    /// - Parameters:
    ///   - stat: the content of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal, and guests, who count
    ///     among user and nice.
    ///   - load: the content of /proc/loadavg.
    init(stat: String, load: String) {
        let averages = load.split(separator: " ").prefix(3).compactMap { Double($0) }
        self.load = averages.count == 3 ? averages : nil
        let line = stat.split(separator: "\n").first { $0.hasPrefix("cpu ") } ?? ""
        let ticks = line.split(separator: " ").dropFirst().prefix(8).compactMap { Double($0) }
        guard ticks.count == 8 else {
            (all, idle, ioWait, steal) = (nil, 0, 0, 0)
            return
        }
        (all, idle, ioWait, steal) = (ticks.reduce(0, +), ticks[3], ticks[4], ticks[7])
    }

    /// What happened between an earlier moment and this one.
    ///
    /// - Parameter ownSeconds: the time of processors that the run took itself; `nil` when it is not known.
    func document(since earlier: HostTimes, ownSeconds: Double?) -> HostDocument {
        var document = HostDocument(loadBefore: earlier.load, loadAfter: load)
        guard let all, let before = earlier.all, all > before else { return document }
        let passed = all - before
        document.stealPercent = (100 * (steal - earlier.steal) / passed).rounded(toPlaces: 2)
        document.ioWaitPercent = (100 * (ioWait - earlier.ioWait) / passed).rounded(toPlaces: 2)
        if let ownSeconds {
            let busy = passed - (idle - earlier.idle) - (ioWait - earlier.ioWait) - (steal - earlier.steal)
            let ticksPerSecond = Double(sysconf(Int32(_SC_CLK_TCK)))
            let seconds = passed / ticksPerSecond / Double(max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
            document.otherCPUs = max(0, (busy / ticksPerSecond - ownSeconds) / seconds).rounded(toPlaces: 2)
        }
        return document
    }
}
