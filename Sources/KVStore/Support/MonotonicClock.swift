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

extension Duration {
    /// The longest whose seconds fit into a number: the components of one that is longer cannot be had.
    static let longest = Duration.seconds(Int64.max)

    /// The duration in whole milliseconds; zero when negative, the largest number when too long.
    var wholeMilliseconds: UInt64 {
        guard self > .zero else { return 0 }
        guard self <= .longest else { return .max }
        let (seconds, attoseconds) = components
        let (product, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1000)
        let rest = UInt64(attoseconds / 1_000_000_000_000_000)
        return overflow ? .max : product.addingSaturating(rest)
    }

    /// The duration in whole nanoseconds; zero when negative, the largest number when too long.
    var nanoseconds: UInt64 {
        guard self > .zero else { return 0 }
        guard self <= .longest else { return .max }
        let (seconds, attoseconds) = components
        let (product, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max : product.addingSaturating(UInt64(attoseconds / 1_000_000_000))
    }
}

extension FixedWidthInteger {
    /// The sum, or the largest number where that is too large.
    func addingSaturating(_ other: Self) -> Self {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
