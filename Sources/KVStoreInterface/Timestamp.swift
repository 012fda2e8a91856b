/// A moment: nanoseconds since 1970 began in UTC, without leap seconds.
///
/// For programs without Foundation; the module `KVStoreFoundation` makes a `Date` of one and one of a `Date`. Reaches from
/// 1677 to 2262; what lies beyond is the first or the last there is.
public struct Timestamp: Sendable, Hashable, RawRepresentable {
    /// Nanoseconds since 1970 began; negative before.
    public var nanoseconds: Int64

    /// The number of nanoseconds.
    @inlinable public var rawValue: Int64 { nanoseconds }

    /// That many nanoseconds after 1970 began.
    @inlinable public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// That many nanoseconds after 1970 began.
    @inlinable public init(rawValue: Int64) { self.init(nanoseconds: rawValue) }

    /// That many seconds after 1970 began.
    public init(seconds: Int64) {
        let (product, isTooLarge) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        self.init(nanoseconds: isTooLarge ? (seconds < 0 ? .min : .max) : product)
    }
}

extension Timestamp: Comparable {
    @inlinable
    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.nanoseconds < right.nanoseconds }

    /// The moment that is so much later, or earlier for a duration below zero.
    public static func + (moment: Timestamp, duration: Duration) -> Timestamp {
        if duration < .zero {
            let (earlier, isTooEarly) = moment.nanoseconds.subtractingReportingOverflow(
                Int64(clamping: (.zero - duration).nanoseconds))
            return Timestamp(nanoseconds: isTooEarly ? .min : earlier)
        }
        return Timestamp(nanoseconds: moment.nanoseconds.addingSaturating(Int64(clamping: duration.nanoseconds)))
    }

    /// How much later the first is, below zero where it is earlier.
    public static func - (later: Timestamp, earlier: Timestamp) -> Duration {
        .nanoseconds(later.nanoseconds) - .nanoseconds(earlier.nanoseconds)
    }
}

extension Timestamp: CustomStringConvertible {
    /// Date and time in UTC by ISO 8601, with a fraction where it is of no whole second: `2026-11-30T14:46:59Z`.
    public var description: String {
        let (days, time) = Self.division(nanoseconds, by: 86_400_000_000_000)
        let (year, month, day) = Self.date(ofDay: days)
        let (seconds, fraction) = time.quotientAndRemainder(dividingBy: 1_000_000_000)
        func digits(_ number: Int64, _ width: Int = 2) -> String { number.text(digits: width) }
        return "\(digits(year, 4))-\(digits(month))-\(digits(day))"
            + "T\(digits(seconds / 3600)):\(digits(seconds / 60 % 60)):\(digits(seconds % 60))"
            + (fraction == 0 ? "" : ".\(digits(fraction, 9))") + "Z"
    }

    /// The quotient that is rounded down, and the rest, which is not negative then.
    private static func division(_ number: Int64, by divisor: Int64) -> (quotient: Int64, rest: Int64) {
        let (quotient, rest) = number.quotientAndRemainder(dividingBy: divisor)
        return rest < 0 ? (quotient - 1, rest + divisor) : (quotient, rest)
    }

    /// The date in the Gregorian calendar of a day that is counted from the first of 1970.
    ///
    /// Counted in years that begin in March, so that the day which only some years have is the last of them, from the year
    /// 0 on, in spans of 400 years, which all have as many days.
    private static func date(ofDay day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (span, dayOfSpan) = division(day + 719_468, by: 146_097)
        let yearOfSpan = (dayOfSpan - dayOfSpan / 1460 + dayOfSpan / 36_524 - dayOfSpan / 146_096) / 365
        let dayOfYear = dayOfSpan - (365 * yearOfSpan + yearOfSpan / 4 - yearOfSpan / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = span * 400 + yearOfSpan + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }
}
