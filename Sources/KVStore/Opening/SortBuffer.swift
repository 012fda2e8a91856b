internal import Glibc

/// Entries in any order, as many as a piece of memory holds, to be read in the order of their keys.
///
/// Keys and values are at the front of it, one after another, and a list of where they are grows from its back: that list is
/// what is sorted. The system gives memory when it is first written to, so that what is not needed costs nothing.
struct SortBuffer: ~Copyable {
    private struct Place {
        /// The first eight bytes of the key, as a number that is ordered as they are, which decides most comparisons.
        let prefix: UInt64
        /// Where the key is, with the value behind it. What was added later is further back.
        let offset: Int
        let keyCount: UInt32
        let valueCount: UInt32
    }

    private let start: UnsafeMutableRawPointer
    private let size: Int
    private var used = 0
    private(set) var count = 0

    /// Sorting takes half of the list once more.
    private static let placeSize = MemoryLayout<Place>.stride * 3 / 2
    private static let leastCapacity = 1 << 20

    /// - Parameter capacity: in bytes, with the list and what sorting takes; at least a mebibyte.
    /// - Returns: nil when there is not so much memory.
    init?(capacity: Int) {
        let size = max(capacity, Self.leastCapacity) / MemoryLayout<Place>.stride * MemoryLayout<Place>.stride
        let start = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        guard let start, start != MAP_FAILED else { return nil }
        (self.start, self.size) = (start, size)
    }

    deinit { munmap(start, size) }

    /// Whether there is room for one more entry with so many bytes.
    func hasRoom(for size: Int) -> Bool { size + Self.placeSize <= self.size - used - count * Self.placeSize }

    /// Adds an entry, for which there must be room.
    ///
    /// - Parameter trailer: what is stored behind the value.
    mutating func add(_ key: RawSpan, _ value: RawSpan, _ trailer: [UInt8]) {
        let place = Place(
            prefix: key.withUnsafeBytes(Self.prefix), offset: used, keyCount: UInt32(key.byteCount),
            valueCount: UInt32(value.byteCount + trailer.count))
        key.withUnsafeBytes { append($0) }
        value.withUnsafeBytes { append($0) }
        trailer.withUnsafeBytes { append($0) }
        count += 1
        firstPlace.storeBytes(of: place, as: Place.self)
    }

    /// Calls `body` with each key once, in ascending order, and with the value that was added last.
    mutating func sorted<Failure: Error>(
        _ body: (_ key: RawSpan, _ value: RawSpan) throws(Failure) -> Void
    ) throws(Failure) {
        let bytes = start
        var places = UnsafeMutableBufferPointer(start: firstPlace.assumingMemoryBound(to: Place.self), count: count)
        places.sort { Self.isAscending($0, $1, bytes) }
        for index in places.indices {
            let place = places[index]
            if index + 1 < places.count, Self.order(place, places[index + 1], bytes) == 0 { continue }
            let key = UnsafeRawBufferPointer(start: bytes + place.offset, count: Int(place.keyCount))
            let value = UnsafeRawBufferPointer(
                start: bytes + place.offset + Int(place.keyCount), count: Int(place.valueCount))
            try body(key.bytes, value.bytes)
        }
    }

    mutating func removeAll() { (used, count) = (0, 0) }

    private var firstPlace: UnsafeMutableRawPointer { start + size - count * MemoryLayout<Place>.stride }

    private mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, !bytes.isEmpty else { return }
        memcpy(start + used, source, bytes.count)
        used += bytes.count
    }

    private static func prefix(_ key: UnsafeRawBufferPointer) -> UInt64 {
        if key.count >= 8 { return UInt64(bigEndian: key.loadUnaligned(as: UInt64.self)) }
        var prefix: UInt64 = 0
        for index in key.indices { prefix |= UInt64(key[index]) << UInt64(8 * (7 - index)) }
        return prefix
    }

    /// By keys, and of one key by when it was added.
    private static func isAscending(_ one: Place, _ two: Place, _ bytes: UnsafeMutableRawPointer) -> Bool {
        if one.prefix != two.prefix { return one.prefix < two.prefix }
        let order = order(one, two, bytes)
        return order == 0 ? one.offset < two.offset : order < 0
    }

    /// Less than zero when the key of one is before that of two, zero when they are the same.
    private static func order(_ one: Place, _ two: Place, _ bytes: UnsafeMutableRawPointer) -> Int {
        let common = Int(min(one.keyCount, two.keyCount))
        let order = memcmp(bytes + one.offset, bytes + two.offset, common)
        return order != 0 ? Int(order) : Int(one.keyCount) - Int(two.keyCount)
    }
}
