/// Uncommitted writes laid over what a cursor reads, and a place among them.
struct OverlayCursor {
    /// One write: the last one to its key, `nil` for a deletion.
    struct Write {
        let key: [UInt8]
        let value: [UInt8]?
    }

    /// In the order of their keys, each key once.
    private let writes: [Write]
    /// The write that the walk is at; -1 and the number of writes are the places before and after all.
    private var index = 0
    /// Whether the cursor's entry is the write that the walk is at, and not an entry of the database.
    var isCurrent = false
    var isForward = true

    /// The writes of `batch`, which only puts and deletes, that lie in `range`.
    init(_ batch: WriteBatch, in range: KeyRange) {
        var last: [[UInt8]: [UInt8]?] = [:]
        batch.representation.withUnsafeBytes { bytes in
            var offset = WriteBatch.headerSize
            while let record = WriteBatch.record(at: offset, in: bytes) {
                let key = Array(bytes[record.key])
                if range.contains(key) { last[key] = .some(record.tag == .put ? Array(bytes[record.value]) : nil) }
                offset = record.end
            }
        }
        writes = last.map { Write(key: $0.key, value: $0.value) }
            .sorted { $0.key.lexicographicallyPrecedes($1.key) }
    }

    /// The write that the walk is at.
    var write: Write? { writes.indices.contains(index) ? writes[index] : nil }

    mutating func goToFirst() { index = 0 }

    mutating func goToLast() { index = writes.count - 1 }

    mutating func step() { index += isForward ? 1 : -1 }

    /// Goes to the first write at or after `key`.
    mutating func seek(_ key: RawSpan) {
        let key = Array(key)
        var (low, high) = (0, writes.count)
        while low < high {
            let middle = (low + high) / 2
            if writes[middle].key.lexicographicallyPrecedes(key) { low = middle + 1 } else { high = middle }
        }
        index = low
    }

    /// Goes to the last write at or before `key`.
    mutating func seekBackward(_ key: RawSpan) {
        seek(key)
        guard let write, write.key == Array(key) else {
            index -= 1
            return
        }
    }
}
