internal import KVStore

/// A value that a merge operator could not combine, and that cannot be read.
struct NotCombined: Error {}

/// The entries of a namespace as the model has them: a sorted array, whose copy is a snapshot.
///
/// Expired entries stay until they are written over, as they may in the engine; reads look at the clock, and a view for
/// which the clock stands still is ``standing(at:)``.
struct ModelEntries {
    struct Item: Equatable {
        let key: [UInt8]
        var value: [UInt8]
        /// The second from which on it is not there.
        var expiry: Int
        /// Whether its merge operator has failed: the value is then all of its parts.
        var isInParts = false
    }

    private(set) var items: [Item] = []

    /// What is there now and stays there: the view of a snapshot, a transaction or a cursor.
    func standing(at now: Int) -> ModelEntries {
        guard items.contains(where: { $0.expiry != .max }) else { return self }
        var view = ModelEntries()
        view.items = items.filter { $0.expiry > now }
        for index in view.items.indices { view.items[index].expiry = .max }
        return view
    }

    /// The place of the first key that is not below `key`.
    func place(of key: [UInt8]) -> Int {
        var low = 0
        var high = items.count
        while low < high {
            let middle = (low + high) / 2
            if order(items[middle].key, key) < 0 { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The place of a key that is there.
    private func find(_ key: [UInt8]) -> Int? {
        let place = place(of: key)
        return place < items.count && items[place].key == key ? place : nil
    }

    /// What is stored, expired or not.
    func item(_ key: [UInt8]) -> Item? { find(key).map { items[$0] } }

    func get(_ key: [UInt8], at now: Int) throws -> [UInt8]? {
        guard let place = find(key), items[place].expiry > now else { return nil }
        if items[place].isInParts { throw NotCombined() }
        return items[place].value
    }

    mutating func put(_ key: [UInt8], _ value: [UInt8], expiry: Int) {
        let place = place(of: key)
        if place < items.count, items[place].key == key {
            items[place].value = value
            items[place].expiry = expiry
            items[place].isInParts = false
        } else {
            items.insert(Item(key: key, value: value, expiry: expiry), at: place)
        }
    }

    mutating func delete(_ key: [UInt8]) {
        if let place = find(key) { items.remove(at: place) }
    }

    mutating func merge(_ key: [UInt8], _ operand: [UInt8], _ kind: NamespaceKind) {
        let place = place(of: key)
        if place < items.count, items[place].key == key {
            if !items[place].isInParts, let combined = kind.combine(items[place].value, operand) {
                items[place].value = combined
            } else {
                items[place].isInParts = true
                items[place].value += operand
            }
        } else {
            items.insert(Item(key: key, value: operand, expiry: .max), at: place)
        }
    }

    /// The places of the keys of a range.
    func places(_ lower: [UInt8]?, _ upper: [UInt8]?) -> Range<Int> {
        let start = lower.map(place) ?? 0
        let end = upper.map(place) ?? items.count
        return start..<max(start, end)
    }

    mutating func delete(_ lower: [UInt8]?, _ upper: [UInt8]?) { items.removeSubrange(places(lower, upper)) }

    mutating func apply(_ write: WriteBatch.Write, _ kind: NamespaceKind, expiry: Int) {
        switch write {
        case .put(let key, let value): put(key, value, expiry: expiry)
        case .putForTime(let key, let value, let time):
            // As far from that of other entries as its time is from theirs.
            let later = Int(time.components.seconds) - NamespaceKind.secondsToLive
            put(key, value, expiry: expiry == .max ? .max : expiry + later)
        case .merge(let key, let operand): merge(key, operand, kind)
        case .delete(let key): delete(key)
        case .deleteRange(let lower, let upper): delete(lower, upper)
        }
    }

    /// What a scan returns.
    func entries(at now: Int) throws -> [KeyValue] {
        try items.filter { $0.expiry > now }.map { item in
            if item.isInParts { throw NotCombined() }
            return KeyValue(key: item.key, value: item.value)
        }
    }
}
