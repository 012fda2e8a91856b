/// What updates have read of the database, kept up to date with what they write, so that hot keys such as counters are
/// not looked up again.
///
/// Each entry is good for as long as nothing but updates writes to the namespace, and notes since when. A hash table of
/// our own: looking a key up in a dictionary would take a copy of it, and a hash that costs more than all the rest.
struct UpdateCache {
    private struct Entry {
        let hash: UInt64
        let key: [UInt8]
        /// Nil where the key is not there.
        var value: [UInt8]?
        /// Not when the value is too large to be kept.
        var isKnown: Bool
        /// What plain commits were at when it was read.
        var state: WriteEpoch.State
    }

    private var entries: [Entry] = []
    /// Where the entry of a hash is, plus one; zero for none. What does not find its place takes the next.
    private var places: [UInt16] = []
    private let hash = KeyHash()
    /// Where the cache starts again from empty: hot keys are back soon.
    private static let entryLimit = 4096
    private static let placeMask = 4 * entryLimit - 1
    private static let valueLimit = 1024

    /// What is remembered of a key: nil for nothing, else its value, or that it is not there.
    ///
    /// - Parameter state: what plain commits are at.
    func value(of key: RawSpan, at state: WriteEpoch.State) -> [UInt8]?? {
        key.withUnsafeBytes { key in
            guard let index = find(key, hash(key)).index, entries[index].isKnown, entries[index].state == state else {
                return nil
            }
            return .some(entries[index].value)
        }
    }

    /// - Parameter state: what plain commits were at before it was read.
    mutating func remember(_ key: RawSpan, _ value: [UInt8]?, at state: WriteEpoch.State) {
        // What is under way may come after what was read.
        guard state.isQuiet else { return }
        key.withUnsafeBytes { key in
            let isKnown = value?.count ?? 0 <= Self.valueLimit && key.count <= Self.valueLimit
            let hash = hash(key)
            if entries.count >= Self.entryLimit { removeAll() }
            if places.isEmpty { places = [UInt16](repeating: 0, count: Self.placeMask + 1) }
            let (index, place) = find(key, hash)
            if let index {
                entries[index].value = isKnown ? value : nil
                entries[index].isKnown = isKnown
                entries[index].state = state
            } else if isKnown {
                entries.append(Entry(hash: hash, key: Array(key), value: value, isKnown: true, state: state))
                places[place] = UInt16(entries.count)
            }
        }
    }

    /// Takes over the writes of a batch to keys that are remembered.
    mutating func apply(_ batch: WriteBatch) {
        guard !entries.isEmpty else { return }
        batch.representation.withUnsafeBytes { bytes in
            var offset = WriteBatch.headerSize
            while let record = WriteBatch.record(at: offset, in: bytes) {
                offset = record.end
                let key = UnsafeRawBufferPointer(rebasing: bytes[record.key])
                guard record.tag != .deleteRange else {
                    noteDeletion(from: key, to: UnsafeRawBufferPointer(rebasing: bytes[record.value]))
                    continue
                }
                guard let index = find(key, hash(key)).index else { continue }
                if record.tag == .merge {
                    forget(index)
                } else {
                    set(index, record.tag.isPut ? UnsafeRawBufferPointer(rebasing: bytes[record.value]) : nil)
                }
            }
        }
    }

    /// Takes over a deletion of a range, at the cost of a look at every entry.
    private mutating func noteDeletion(from lower: UnsafeRawBufferPointer, to upper: UnsafeRawBufferPointer) {
        for index in entries.indices {
            let isDeleted = entries[index].key.withUnsafeBytes {
                !$0.lexicographicallyPrecedes(lower) && $0.lexicographicallyPrecedes(upper)
            }
            if isDeleted { set(index, nil) }
        }
    }

    mutating func removeAll() {
        guard !entries.isEmpty else { return }
        entries.removeAll(keepingCapacity: true)
        places.withUnsafeMutableBytes { _ = $0.initializeMemory(as: UInt8.self, repeating: 0) }
    }

    private mutating func forget(_ index: Int) {
        entries[index].isKnown = false
        entries[index].value = nil
    }

    private mutating func set(_ index: Int, _ value: UnsafeRawBufferPointer?) {
        guard let value, value.count <= Self.valueLimit else {
            entries[index].isKnown = value == nil
            entries[index].value = nil
            return
        }
        entries[index].isKnown = true
        if entries[index].value?.count == value.count {
            // In place, unless somebody still has the old one.
            entries[index].value?.withUnsafeMutableBytes { $0.copyMemory(from: value) }
        } else {
            entries[index].value = Array(value)
        }
    }

    /// Where a key is among the entries, and otherwise where its place would be.
    private func find(_ key: UnsafeRawBufferPointer, _ hash: UInt64) -> (index: Int?, place: Int) {
        guard !places.isEmpty else { return (nil, 0) }
        var place = Int(truncatingIfNeeded: hash) & Self.placeMask
        while places[place] != 0 {
            let index = Int(places[place]) - 1
            if entries[index].hash == hash, entries[index].key.withUnsafeBytes({ $0.isEqual(to: key) }) {
                return (index, place)
            }
            place = (place + 1) & Self.placeMask
        }
        return (nil, place)
    }
}
