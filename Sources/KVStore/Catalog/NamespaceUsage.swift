/// When a namespace was last used, and about how many keys it had then.
struct NamespaceUsage: Equatable, Sendable {
    /// Seconds since 1970.
    var lastUse: UInt64
    var count: UInt64
}

extension NamespaceUsage {
    /// Numbers with a space between them, as the catalog keeps them.
    var text: String { "\(lastUse) \(count)" }

    init?(_ text: String) {
        let numbers = text.split(separator: " ").compactMap { UInt64($0) }
        // What cannot be a date is none; that costs a statistic.
        guard numbers.count >= 2, MonotonicClock.dates1970.contains(Double(numbers[0])) else { return nil }
        self.init(lastUse: numbers[0], count: numbers[1])
    }
}
