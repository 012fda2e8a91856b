/// Deletions of ranges by the place that each has among other writes: which of them was the last to cover a key.
struct RangeDeletions {
    /// In order; from each to the next, the deletion at the same index in `places` was the last.
    private var bounds: [[UInt8]] = []
    /// Zero where nothing was deleted; so it is behind the last bound.
    private var places: [Int] = []

    var isEmpty: Bool { bounds.isEmpty }

    mutating func removeAll() {
        bounds.removeAll(keepingCapacity: true)
        places.removeAll(keepingCapacity: true)
    }

    /// - Parameter place: above those of all that were added before.
    mutating func add(_ lower: [UInt8], _ upper: [UInt8], at place: Int) {
        let first = bounds.partitioningIndex { !$0.lexicographicallyPrecedes(lower) }
        let end = bounds.partitioningIndex { upper.lexicographicallyPrecedes($0) }
        let placeBehind = end > 0 ? places[end - 1] : 0
        bounds.replaceSubrange(first..<end, with: [lower, upper])
        places.replaceSubrange(first..<end, with: [place, placeBehind])
    }

    /// The last deletion that covers a key; zero for none.
    func place(covering key: [UInt8]) -> Int {
        let index = bounds.partitioningIndex { key.lexicographicallyPrecedes($0) }
        return index > 0 ? places[index - 1] : 0
    }

    /// What is deleted of a range, in stretches that neither meet nor touch, in order.
    func stretches(in range: KeyRange) -> [DeletedStretch] {
        var stretches: [DeletedStretch] = []
        for index in bounds.indices where places[index] > 0 {
            // Behind one that deletes there is always another bound.
            let (lower, upper) = (bounds[index], bounds[index + 1])
            if let last = range.upperBound, !lower.lexicographicallyPrecedes(last) { break }
            if let first = range.lowerBound, !first.lexicographicallyPrecedes(upper) { continue }
            if stretches.last?.upper == lower {
                stretches[stretches.count - 1].upper = upper
            } else {
                stretches.append(DeletedStretch(lower: lower, upper: upper))
            }
        }
        return stretches
    }
}

/// A stretch of keys that is deleted, whatever the database holds there.
struct DeletedStretch: Equatable {
    var lower: [UInt8]
    /// The first key that is not deleted.
    var upper: [UInt8]
}

extension Array {
    /// The first index whose element is in the second part of an array that has all that are not before all that are.
    func partitioningIndex(where isInSecondPart: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isInSecondPart(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
