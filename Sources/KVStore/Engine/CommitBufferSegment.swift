internal import Glibc

/// A part of a ``CommitBuffer`` that is filled while another one is handed on: the records of commits, as they are in the
/// file, and a table that finds what the last of them made of a key.
///
/// The records are in memory of the process too, where they are read: what is in the file may go away with its disk.
final class CommitBufferSegment {
    /// One write.
    private struct Entry {
        /// Where the write stands, and within it its key and, at the end, its value.
        let start: UInt32
        let keyStart: UInt32
        let keyEnd: UInt32
        let valueStart: UInt32
        let end: UInt32
        let family: UInt32
        let hash: UInt32
        let isDeletion: Bool
        /// Where the table has it, or one of the same key that came later.
        let place: UInt16
    }

    /// How many writes there may be in so many bytes. The more are handed on at once the closer their keys are to each other
    /// in the memtable, and the cheaper is the insertion. A power of two whose double is one more than a place can have.
    private static func limit(_ byteCount: Int) -> Int {
        let most = max(16, min(32768, byteCount / 64))
        return 1 << (Int.bitWidth - 1 - most.leadingZeroBitCount)
    }

    /// The memory of the table for so many bytes.
    static func tableSize(_ byteCount: Int) -> Int {
        limit(byteCount) * (MemoryLayout<Entry>.stride + 2 * MemoryLayout<UInt16>.stride)
    }

    private let file: CommitBufferFile
    private let number: Int
    private let bytes: UnsafeMutableRawBufferPointer
    private let hash: KeyHash
    private let limit: Int
    private let entries: UnsafeMutablePointer<Entry>
    /// Where the last entry of a key is, plus one; zero for none. What does not find its place takes the next.
    private let places: UnsafeMutablePointer<UInt16>
    private(set) var count = 0
    private var end = 0
    private var isClosed = false
    /// Whether its records were put on disk in the file, to stay there until the log has them on disk.
    var isPromised = false
    /// All writes as one batch of the engine's, when that was made ahead.
    private var batch: [UInt8]?
    /// The number of the last write.
    private(set) var last: UInt64 = 0

    init(_ file: CommitBufferFile, number: Int, hash: KeyHash) {
        self.file = file
        self.number = number
        self.hash = hash
        bytes = .allocate(byteCount: file.segmentSize, alignment: MemoryLayout<CommitBufferFile.RecordHeader>.alignment)
        limit = Self.limit(file.segmentSize)
        entries = .allocate(capacity: limit)
        places = .allocate(capacity: 2 * limit)
        places.initialize(repeating: 0, count: 2 * limit)
    }

    deinit {
        bytes.deallocate()
        entries.deallocate()
        places.deallocate()
    }

    /// Records begin where a number of eight bytes may.
    static func next(after end: Int) -> Int { (end + 7) & ~7 }

    /// Whether commits of that size are not better written by themselves.
    func takes(_ byteCount: Int, count: Int) -> Bool { byteCount <= bytes.count / 4 && count <= limit / 4 }

    func hasRoom(for byteCount: Int, count: Int) -> Bool {
        !isClosed && self.count + count <= limit
            && end + CommitBufferFile.RecordHeader.size + byteCount <= bytes.count
    }

    /// Takes no more, so that it can be sorted.
    func close() { isClosed = true }

    /// Adds a commit, for which there is room.
    ///
    /// - Parameters:
    ///   - writes: puts and deletions in the engine's form, without the header of a batch.
    ///   - first: the number of the first of them.
    /// - Returns: whether it is there, and outlives the process. If not, the file takes none any more.
    func append(_ writes: UnsafeRawBufferPointer, count: Int, first: UInt64) -> Bool {
        let record = bytes.baseAddress.unsafelyUnwrapped + end
        var offset = end + CommitBufferFile.RecordHeader.size
        let written = UnsafeRawBufferPointer(rebasing: bytes[..<(offset + writes.count)])
        (record + CommitBufferFile.RecordHeader.size)
            .copyMemory(from: writes.baseAddress.unsafelyUnwrapped, byteCount: writes.count)
        file.seal(record, writes.count, first: first, count: count)
        guard file.write(UnsafeRawBufferPointer(rebasing: written[end...]), to: number, at: end) else { return false }
        end = Self.next(after: offset + writes.count)
        while let write = BufferedWrite(at: offset, in: written) {
            note(write, from: offset)
            offset = write.end
        }
        last = first + UInt64(count) - 1
        return true
    }

    private func note(_ write: BufferedWrite, from start: Int) {
        let hash = hash(of: key(write.key), write.family)
        let place = find(key(write.key), write.family, hash).place
        entries[count] = Entry(
            start: UInt32(start), keyStart: UInt32(write.key.lowerBound), keyEnd: UInt32(write.key.upperBound),
            valueStart: UInt32(write.value.lowerBound), end: UInt32(write.end), family: write.family,
            hash: UInt32(truncatingIfNeeded: hash >> 32), isDeletion: write.isDeletion, place: UInt16(place))
        count += 1
        places[place] = UInt16(count)
    }

    /// What the commits here have made of a key: nil for nothing, else its value, or that it is not there.
    func value(of key: UnsafeRawBufferPointer, in family: UInt32) -> UnsafeRawBufferPointer?? {
        guard let index = find(key, family, hash(of: key, family)).index else { return nil }
        let entry = entries[index]
        if entry.isDeletion { return .some(nil) }
        return .some(UnsafeRawBufferPointer(rebasing: bytes[Int(entry.valueStart)..<Int(entry.end)]))
    }

    private var placeMask: Int { 2 * limit - 1 }

    private func key(_ place: Range<Int>) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[place]) }

    private func key(of entry: Entry) -> UnsafeRawBufferPointer { key(Int(entry.keyStart)..<Int(entry.keyEnd)) }

    @inline(__always)
    private func hash(of key: UnsafeRawBufferPointer, _ family: UInt32) -> UInt64 { hash(key) &+ UInt64(family) }

    /// Where a key is among the entries, and where its place in the table is or would be.
    private func find(_ key: UnsafeRawBufferPointer, _ family: UInt32, _ hash: UInt64) -> (index: Int?, place: Int) {
        var place = Int(truncatingIfNeeded: hash) & placeMask
        while places[place] != 0 {
            let index = Int(places[place]) - 1
            if entries[index].hash == UInt32(truncatingIfNeeded: hash >> 32), entries[index].family == family,
                self.key(of: entries[index]).isEqual(to: key)
            {
                return (index, place)
            }
            place = (place + 1) & placeMask
        }
        return (nil, place)
    }

    var isSorted: Bool { batch != nil }

    /// Makes the batch ahead, of a segment that is closed. Others may look for keys meanwhile.
    func sort() { batch = sortedBatch() }

    /// All writes as one batch of the engine's, in the order of their keys: next to each other they are inserted at half
    /// the cost. Those of one key stay in their order.
    func takeBatch() -> [UInt8] { batch.take() ?? sortedBatch() }

    private func sortedBatch() -> [UInt8] {
        var order: [(prefix: UInt64, index: Int)] = (0..<count).map { (Self.prefix(of: key(of: entries[$0])), $0) }
        order.sort { one, other in
            if one.prefix != other.prefix { return one.prefix < other.prefix }
            let order = Self.compare(key(of: entries[one.index]), key(of: entries[other.index]))
            return order == 0 ? one.index < other.index : order < 0
        }
        return [UInt8](unsafeUninitializedCapacity: WriteBatch.headerSize + end) { batch, size in
            let batch = UnsafeMutableRawBufferPointer(batch)
            batch.storeBytes(of: 0, as: UInt64.self)
            batch.storeBytes(of: UInt32(count).littleEndian, toByteOffset: 8, as: UInt32.self)
            size = WriteBatch.headerSize
            for (_, index) in order {
                let write = UnsafeRawBufferPointer(rebasing: bytes[Int(entries[index].start)..<Int(entries[index].end)])
                UnsafeMutableRawBufferPointer(rebasing: batch[size...]).copyMemory(from: write)
                size += write.count
            }
        }
    }

    /// The first eight bytes of a key as a number that goes before another where they do.
    private static func prefix(of key: UnsafeRawBufferPointer) -> UInt64 {
        if key.count >= 8 { return UInt64(bigEndian: key.loadUnaligned(as: UInt64.self)) }
        return key.reduce(0) { $0 << 8 | UInt64($1) } << UInt64(8 * (8 - key.count))
    }

    private static func compare(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Int {
        guard let start = one.baseAddress, let otherStart = other.baseAddress else { return one.count - other.count }
        let order = memcmp(start, otherStart, min(one.count, other.count))
        return order == 0 ? one.count - other.count : Int(order)
    }

    /// Forgets all commits, which the engine has.
    func removeAll() {
        if count < limit / 16 {
            for index in 0..<count { places[Int(entries[index].place)] = 0 }
        } else {
            places.update(repeating: 0, count: 2 * limit)
        }
        count = 0
        end = 0
        isClosed = false
        isPromised = false
    }
}
