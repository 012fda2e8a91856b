/// A batch that can also be read: what has been written over the database and is not in it yet.
///
/// Few records are searched one by one. Beyond that an index is made, of what was added since it was made last.
struct BatchOverlay {
    private(set) var batch: WriteBatch
    private var index: [[UInt8]: [UInt8]?] = [:]
    private var indexedEnd = WriteBatch.headerSize
    private var indexedCount = 0
    private static let searchLimit = 16

    init(byteLimit: Int = Limits.batchSize.bytes) {
        batch = WriteBatch(byteLimit: byteLimit)
    }

    /// One over a batch that is there, which costs nothing.
    init(sharing batch: WriteBatch) {
        self.batch = batch
    }

    /// What a key was last set to.
    enum Lookup: Equatable {
        case value([UInt8])
        case deleted
        case unknown
    }

    var isEmpty: Bool { batch.isEmpty }

    mutating func put(_ key: RawSpan, _ value: RawSpan) { batch.put(key, value) }

    mutating func delete(_ key: RawSpan) { batch.delete(key) }

    mutating func append(_ other: WriteBatch) { batch.append(other) }

    /// Why the first write since this was last asked for was refused, if one was.
    mutating func takeViolation() -> String? { batch.takeViolation() }

    /// Takes what was written away, and leaves nothing.
    mutating func take() -> BatchOverlay {
        var taken = BatchOverlay(sharing: UpdateGroup.noWrites)
        swap(&taken, &self)
        return taken
    }

    mutating func clear() {
        batch.clear()
        index.removeAll(keepingCapacity: true)
        indexedEnd = WriteBatch.headerSize
        indexedCount = 0
    }

    mutating func lookup(_ key: RawSpan) -> Lookup {
        guard !batch.isEmpty else { return .unknown }
        if batch.count - indexedCount > Self.searchLimit { extendIndex() }
        // The tail is newer than the index.
        let found = searchTail(key)
        if case .unknown = found, !index.isEmpty, let indexed = index[Array(key)] {
            return indexed.map(Lookup.value) ?? .deleted
        }
        return found
    }

    private func searchTail(_ key: RawSpan) -> Lookup {
        var found = Lookup.unknown
        key.withUnsafeBytes { key in
            batch.representation.withUnsafeBytes { bytes in
                var match: WriteBatch.Record?
                var offset = indexedEnd
                while let record = WriteBatch.record(at: offset, in: bytes) {
                    if record.key.count == key.count,
                        UnsafeRawBufferPointer(rebasing: bytes[record.key]).isEqual(to: key)
                    {
                        match = record
                    }
                    offset = record.end
                }
                if let match { found = match.tag == .put ? .value(Array(bytes[match.value])) : .deleted }
            }
        }
        return found
    }

    private mutating func extendIndex() {
        batch.representation.withUnsafeBytes { bytes in
            while let record = WriteBatch.record(at: indexedEnd, in: bytes) {
                index[Array(bytes[record.key])] = .some(record.tag == .put ? Array(bytes[record.value]) : nil)
                indexedEnd = record.end
            }
        }
        indexedCount = batch.count
    }
}
