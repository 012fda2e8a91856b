extension FixedWidthInteger {
    /// The sum, or the largest number where that is too large.
    package func addingSaturating(_ other: Self) -> Self {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
