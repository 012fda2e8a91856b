/// The writes of a range that lie over a database, in order.
struct OverlayWrites {
    struct Write {
        let key: [UInt8]
        /// Never unknown.
        let state: KeyState
    }

    /// Each key once.
    let writes: [Write]
    /// What the database holds here is not there; neither meet nor touch, and are in order.
    let deletions: [DeletedStretch]

    var isEmpty: Bool { writes.isEmpty && deletions.isEmpty }

    /// These writes when they come after others.
    func over(_ below: OverlayWrites) -> OverlayWrites {
        if isEmpty { return below }
        if below.isEmpty { return self }
        var both: [Write] = []
        both.reserveCapacity(writes.count + below.writes.count)
        var (own, other) = (writes[...], below.writes[...])
        while !own.isEmpty || !other.isEmpty {
            if let write = own.first, let earlier = other.first, write.key == earlier.key {
                both.append(Write(key: write.key, state: write.state.over(earlier.state)))
                own.removeFirst()
                other.removeFirst()
            } else if let write = own.first, other.first.map({ write.key.lexicographicallyPrecedes($0.key) }) ?? true {
                let isDeleted = write.state.isOpen && below.deletion(covering: write.key) != nil
                both.append(isDeleted ? Write(key: write.key, state: write.state.over(.deleted)) : write)
                own.removeFirst()
            } else if let earlier = other.popFirst() {
                if deletion(covering: earlier.key) == nil { both.append(earlier) }
            }
        }
        return OverlayWrites(writes: both, deletions: Self.union(deletions, below.deletions))
    }

    func deletion(covering key: some Sequence<UInt8>) -> DeletedStretch? {
        guard !deletions.isEmpty else { return nil }
        let index = deletions.partitioningIndex { key.lexicographicallyPrecedes($0.lower) }
        guard index > 0, key.lexicographicallyPrecedes(deletions[index - 1].upper) else { return nil }
        return deletions[index - 1]
    }

    private static func union(_ one: [DeletedStretch], _ other: [DeletedStretch]) -> [DeletedStretch] {
        if one.isEmpty { return other }
        if other.isEmpty { return one }
        var union: [DeletedStretch] = []
        for stretch in (one + other).sorted(by: { $0.lower.lexicographicallyPrecedes($1.lower) }) {
            guard let last = union.last, !last.upper.lexicographicallyPrecedes(stretch.lower) else {
                union.append(stretch)
                continue
            }
            if last.upper.lexicographicallyPrecedes(stretch.upper) { union[union.count - 1].upper = stretch.upper }
        }
        return union
    }
}
