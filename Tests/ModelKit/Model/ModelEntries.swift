internal import KVStore

/// The entries of a namespace as the model has them: a sorted array, whose copy is a snapshot.
///
/// Expired entries stay until they are written over, as they may in the engine; reads look at the clock.
struct ModelEntries {
    struct Item: Equatable {
        let key: [UInt8]
        var value: [UInt8]
        /// The second from which on it is not there.
        var expiry: Int
    }

    private(set) var items: [Item] = []

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

    func get(_ key: [UInt8], at now: Int) -> [UInt8]? {
        guard let place = find(key), items[place].expiry > now else { return nil }
        return items[place].value
    }

    mutating func put(_ key: [UInt8], _ value: [UInt8], expiry: Int) {
        let place = place(of: key)
        if place < items.count, items[place].key == key {
            items[place].value = value
            items[place].expiry = expiry
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
            items[place].value = kind.combine(items[place].value, operand)
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
        case .merge(let key, let operand): merge(key, operand, kind)
        case .delete(let key): delete(key)
        case .deleteRange(let lower, let upper): delete(lower, upper)
        }
    }

    /// What a scan returns.
    func entries(_ lower: [UInt8]? = nil, _ upper: [UInt8]? = nil, at now: Int) -> [KeyValue] {
        items[places(lower, upper)].lazy.filter { $0.expiry > now }.map { KeyValue(key: $0.key, value: $0.value) }
    }
}
