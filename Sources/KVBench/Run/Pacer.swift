import FoundationEssentials
import Glibc
import SystemPackage

/// When each operation of one worker is due in a run with a fixed rate.
///
/// The times are set before the run and do not move when an operation takes long: those behind it are then late, and
/// their waiting counts as latency. A worker that began its next operation only when the last had ended would leave out
/// just the operations that a stall would have hit.
struct Pacer {
    private let start: UInt64
    private let period: Double
    private let phase: Double

    /// - Parameters:
    ///   - rate: The operations a second of all workers together.
    ///   - worker: The number of this one: workers take turns, so that the operations of all are evenly spread.
    ///   - start: The moment at which the first operation of the first worker is due.
    init(rate: Int, worker: Int, workers: Int, start: UInt64) {
        self.start = start
        let gap = 1e9 / Double(rate)
        period = gap * Double(workers)
        phase = gap * Double(worker)
        Self.sharpenTimers()
    }

    /// The moment at which the operation of that number, counted from 0, is due.
    func due(_ operation: Int) -> UInt64 {
        start + UInt64(phase + period * Double(operation))
    }

    /// Waits until that operation is due; at once when it already is. Ends early at `deadline` or when `stop` is made.
    ///
    /// - Returns: The moment at which it is due, or `nil` when it is not to be started any more.
    func wait(for operation: Int, until deadline: UInt64, _ stop: StopRequest) -> UInt64? {
        let due = due(operation)
        let end = min(due, deadline)
        var now = MonotonicClock.now()
        while now < end, !stop.isMade {
            // In short pieces, so that a signal does not have to wait for a slow rate.
            Self.sleep(until: min(end, now + Self.longestSleep))
            now = MonotonicClock.now()
        }
        return due < deadline && now < deadline && !stop.isMade ? due : nil
    }

    static let longestSleep: UInt64 = 50_000_000

    private static func sleep(until time: UInt64) {
        var time = timespec(tv_sec: Int(time / 1_000_000_000), tv_nsec: Int(time % 1_000_000_000))
        clock_nanosleep(CLOCK_MONOTONIC, Int32(TIMER_ABSTIME), &time, nil)
    }

    /// Asks the kernel to wake this thread on time: it may be 50 microseconds late otherwise, which would count as
    /// latency. A thread that it does not grant this to works as well.
    private static func sharpenTimers() {
        // <process>/task/<thread>; the file is in the folder of processes alone, which serves threads as well.
        guard let thread = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self"),
            let number = thread.split(separator: "/").last,
            let file = try? FileDescriptor.open("/proc/\(number)/timerslack_ns", .writeOnly)
        else { return }
        _ = try? file.closeAfter { try file.writeAll(Array("1".utf8)) }
    }
}
