/// A cursor over what was there when it was made.
struct ModelCursor {
    private let items: [ModelEntries.Item]
    private let places: Range<Int>
    private var place = Place.outside
    private(set) var trace = Trace()

    private enum Place { case outside, beforeFirst, afterLast, item(Int) }

    /// The stretch of keys that it has gone over, as a transaction depends on it.
    struct Trace {
        var lowest: [UInt8]?
        var highest: [UInt8]?
        var reachesStart = false
        var reachesEnd = false

        var isEmpty: Bool { lowest == nil && !reachesStart && !reachesEnd }

        mutating func note(_ key: [UInt8]) {
            if lowest.map({ order(key, $0) < 0 }) ?? true { lowest = key }
            if highest.map({ order(key, $0) > 0 }) ?? true { highest = key }
        }
    }

    init(_ entries: ModelEntries, _ lower: [UInt8]?, _ upper: [UInt8]?) {
        items = entries.items
        places = entries.places(lower, upper)
    }

    var current: KeyValue? {
        guard case .item(let index) = place else { return nil }
        return KeyValue(key: items[index].key, value: items[index].value)
    }

    /// Whether such a move stays where it is, as it does after the last entry and before the first.
    func stays(_ kind: Operation.Kind) -> Bool {
        switch (place, kind) {
        case (.afterLast, .next), (.beforeFirst, .previous): true
        default: false
        }
    }

    /// What a failed move leads to.
    mutating func leave() { place = .outside }

    mutating func next(at now: Int) throws -> KeyValue? {
        switch place {
        case .item(let index): return try go(from: index + 1, step: 1, now)
        case .afterLast: return nil
        case .outside, .beforeFirst:
            trace.reachesStart = true
            return try go(from: places.lowerBound, step: 1, now)
        }
    }

    mutating func previous(at now: Int) throws -> KeyValue? {
        switch place {
        case .item(let index): return try go(from: index - 1, step: -1, now)
        case .beforeFirst: return nil
        case .outside, .afterLast:
            trace.reachesEnd = true
            return try go(from: places.upperBound - 1, step: -1, now)
        }
    }

    mutating func seek(_ key: [UInt8], at now: Int) throws -> KeyValue? {
        trace.note(key)
        return try go(from: max(places.lowerBound, place(of: key)), step: 1, now)
    }

    mutating func seekBack(_ key: [UInt8], at now: Int) throws -> KeyValue? {
        trace.note(key)
        var index = place(of: key)
        if index == items.count || items[index].key != key { index -= 1 }
        return try go(from: min(places.upperBound - 1, index), step: -1, now)
    }

    private mutating func go(from start: Int, step: Int, _ now: Int) throws -> KeyValue? {
        var index = start
        while places.contains(index), items[index].expiry <= now { index += step }
        guard places.contains(index) else {
            place = step > 0 ? .afterLast : .beforeFirst
            if step > 0 { trace.reachesEnd = true } else { trace.reachesStart = true }
            return nil
        }
        if items[index].isInParts {
            place = .outside
            throw NotCombined()
        }
        place = .item(index)
        trace.note(items[index].key)
        return current
    }

    private func place(of key: [UInt8]) -> Int {
        var low = 0
        var high = items.count
        while low < high {
            let middle = (low + high) / 2
            if order(items[middle].key, key) < 0 { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
