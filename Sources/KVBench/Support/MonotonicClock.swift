import Glibc

/// The clock that latencies are taken with: one call into the kernel's shared page, no system call.
enum MonotonicClock {
    /// Nanoseconds since some fixed moment.
    @inline(__always)
    static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }
}
