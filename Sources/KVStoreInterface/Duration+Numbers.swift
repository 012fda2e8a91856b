extension Duration {
    /// The longest whose seconds fit into a number: the components of one that is longer cannot be had.
    package static let longest = Duration.seconds(Int64.max)

    /// The duration in whole milliseconds; zero when negative, the largest number when too long.
    package var wholeMilliseconds: UInt64 {
        guard self > .zero else { return 0 }
        guard self <= .longest else { return .max }
        let (seconds, attoseconds) = components
        let (product, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1000)
        let rest = UInt64(attoseconds / 1_000_000_000_000_000)
        return overflow ? .max : product.addingSaturating(rest)
    }

    /// The duration in whole nanoseconds; zero when negative, the largest number when too long.
    package var nanoseconds: UInt64 {
        guard self > .zero else { return 0 }
        guard self <= .longest else { return .max }
        let (seconds, attoseconds) = components
        let (product, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max : product.addingSaturating(UInt64(attoseconds / 1_000_000_000))
    }
}
