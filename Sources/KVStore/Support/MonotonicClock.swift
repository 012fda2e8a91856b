internal import Glibc

/// Nanoseconds of a clock that never goes back: for ages and deadlines, not for dates.
enum MonotonicClock {
    static var now: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// The time in so many nanoseconds, or the last there is.
    static func after(_ nanoseconds: UInt64) -> UInt64 { now.addingSaturating(nanoseconds) }
}

extension MonotonicClock {
    /// The date, in seconds since 1970.
    static var seconds1970: UInt64 { milliseconds1970 / 1000 }

    /// The date, in milliseconds since 1970. Not monotonic: somebody may set the clock.
    static var milliseconds1970: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return UInt64(max(0, time.tv_sec)) * 1000 + UInt64(time.tv_nsec) / 1_000_000
    }

    /// The seconds since 1970 of the years 1 to 9999, which is all that a date that was read from disk may be.
    static let dates1970: ClosedRange<Double> = -62_135_596_800...253_402_300_799
}
