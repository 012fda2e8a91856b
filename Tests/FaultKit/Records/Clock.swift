internal import Glibc

/// Time that all processes of the machine agree on.
package enum Clock {
    /// Nanoseconds since some moment in the past.
    package static var now: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    package static func sleep(milliseconds: Int) { usleep(UInt32(milliseconds) * 1000) }

    package static func after(milliseconds: Int) -> UInt64 { now + UInt64(max(0, milliseconds)) * 1_000_000 }
}
