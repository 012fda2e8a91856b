/// What a transaction's cursor has read: the stretch of its range from the lowest to the highest place it has been at.
///
/// Grows with the cursor, so that a scan that is left early depends on no more than it has seen.
final class ReadSpan {
    private let range: KeyRange
    private var lower: [UInt8]?
    private var upper: [UInt8]?
    private var reachesStart = false
    private var reachesEnd = false

    init(_ range: KeyRange) {
        self.range = range
    }

    func noteStart() { reachesStart = true }

    func noteEnd() { reachesEnd = true }

    func note(_ key: some Sequence<UInt8>) {
        let key = Array(key)
        if let lower, !key.lexicographicallyPrecedes(lower) {} else { lower = key }
        if let upper, !upper.lexicographicallyPrecedes(key) {} else { upper = key }
    }

    /// The stretch; nil when the cursor was never moved.
    var stretch: KeyRange? {
        guard lower != nil || reachesStart || reachesEnd else { return nil }
        let low = reachesStart ? range.lowerBound : later(lower, range.lowerBound)
        guard !reachesEnd, let upper else { return KeyRange(lowerBound: low, upperBound: range.upperBound) }
        // The smallest key after the highest place.
        let high = upper + [0]
        guard let bound = range.upperBound, bound.lexicographicallyPrecedes(high) else {
            return KeyRange(lowerBound: low, upperBound: high)
        }
        return KeyRange(lowerBound: low, upperBound: bound)
    }

    private func later(_ one: [UInt8]?, _ other: [UInt8]?) -> [UInt8]? {
        guard let one, let other else { return one ?? other }
        return one.lexicographicallyPrecedes(other) ? other : one
    }
}
