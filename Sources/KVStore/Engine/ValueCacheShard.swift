/// A part of a ``ValueCache``: a hash table of entries, from which those go that were not asked for lately.
///
/// Open addressing with the next place free. What goes is chosen by a hand that walks around the table: an entry that was
/// asked for since the hand was there last stays for another round.
final class ValueCacheShard: @unchecked Sendable {  // guarded by its lock, but for the epoch
    private struct Place {
        var entry: KeptValue?
        var hash: UInt64 = 0
        /// Since when it is good: see ``forgetAll()``.
        var generation: UInt32 = 0
        var wasAskedFor = false
    }

    /// The commits to keys of the shard.
    let writes = WriteEpoch()
    private let lock = Lock(.innermost)
    private let capacity: Int
    private var places = [Place](repeating: Place(), count: 64)
    private var count = 0
    private var hand = 0
    private var generation: UInt32 = 0
    /// Of the entries.
    private var size = 0
    /// A full shard takes in what is asked for the second time: bits by hashes, cleared when many are set.
    private var asked = [UInt64](repeating: 0, count: 64)
    private var askedCount = 0

    init(capacity: Int) { self.capacity = capacity }

    /// The memory that it takes now.
    var usage: Int { lock.withLock { used } }

    private var used: Int { size + tableSize }

    private var tableSize: Int {
        places.count * MemoryLayout<Place>.stride + asked.count * MemoryLayout<UInt64>.stride
    }

    func find(_ key: UnsafeRawBufferPointer, _ hash: UInt64) -> KeptValue? {
        lock.withLock {
            guard let index = index(of: key, hash), places[index].generation == generation else { return nil }
            places[index].wasAskedFor = true
            return places[index].entry
        }
    }

    /// Takes an entry in, unless `isOutdated` says that what was read may not be what is there now.
    func keep(
        _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, _ hash: UInt64, isOutdated: () -> Bool
    ) {
        let cost = KeptValue.cost(key.count, value.count)
        // One value must not drive out all others.
        guard cost <= capacity / 8 else { return }
        lock.withLock {
            guard used + cost <= capacity || wasAskedForBefore(hash), !isOutdated() else { return }
            if let index = index(of: key, hash) { remove(at: index) }
            if 4 * (count + 1) > 3 * places.count { if used + tableSize <= capacity { grow() } else { evictOne() } }
            while used + cost > capacity, count > 0 { evictOne() }
            insert(Place(entry: .make(key, value), hash: hash, generation: generation))
            size += cost
        }
    }

    func forget(_ key: UnsafeRawBufferPointer, _ hash: UInt64) {
        lock.withLock { if let index = index(of: key, hash) { remove(at: index) } }
    }

    /// Has nothing of what is there be found any more. The hand clears it away.
    func forgetAll() { lock.withLock { generation &+= 1 } }

    private func index(of key: UnsafeRawBufferPointer, _ hash: UInt64) -> Int? {
        var index = home(of: hash)
        while let entry = places[index].entry {
            if places[index].hash == hash, entry.key.isEqual(to: key) { return index }
            index = next(index)
        }
        return nil
    }

    private func home(of hash: UInt64) -> Int { Int(truncatingIfNeeded: hash) & (places.count - 1) }

    private func next(_ index: Int) -> Int { (index + 1) & (places.count - 1) }

    private func insert(_ place: Place) {
        var index = home(of: place.hash)
        while places[index].entry != nil { index = next(index) }
        places[index] = place
        count += 1
    }

    private func remove(at index: Int) {
        size -= places[index].entry?.cost ?? 0
        count -= 1
        var (gap, index) = (index, next(index))
        // What comes behind moves up, unless it would come before its home.
        while places[index].entry != nil {
            let home = home(of: places[index].hash)
            if (index - home) & (places.count - 1) >= (index - gap) & (places.count - 1) {
                places[gap] = places[index]
                gap = index
            }
            index = next(index)
        }
        places[gap] = Place()
    }

    private func evictOne() {
        while true {
            if places[hand].entry != nil {
                if !places[hand].wasAskedFor || places[hand].generation != generation { return remove(at: hand) }
                places[hand].wasAskedFor = false
            }
            hand = next(hand)
        }
    }

    private func grow() {
        let old = places
        places = [Place](repeating: Place(), count: 2 * old.count)
        count = 0
        hand = 0
        for place in old where place.entry != nil { insert(place) }
        asked = [UInt64](repeating: 0, count: places.count)
        askedCount = 0
    }

    private func wasAskedForBefore(_ hash: UInt64) -> Bool {
        let (word, bit) = (Int(truncatingIfNeeded: hash >> 6) & (asked.count - 1), UInt64(1) << (hash & 63))
        if asked[word] & bit != 0 { return true }
        if askedCount >= 8 * asked.count {
            for index in asked.indices { asked[index] = 0 }
            askedCount = 0
        }
        asked[word] |= bit
        askedCount += 1
        return false
    }
}
