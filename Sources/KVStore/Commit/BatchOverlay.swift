/// A batch that can also be read: what has been written over the database and is not in it yet.
///
/// Few records are searched one by one. Beyond that an index is made, of what was added since it was made last.
struct BatchOverlay: ~Copyable {
    private(set) var batch: WriteBatch
    /// Nil until it is needed first.
    private var index: OverlayIndex?
    private static let searchLimit = 16

    init(byteLimit: Int = Limits.batchSize.bytes) {
        batch = WriteBatch(byteLimit: byteLimit)
    }

    /// One over a batch that is there, which costs nothing.
    init(sharing batch: WriteBatch) {
        self.batch = batch
    }

    var isEmpty: Bool { batch.isEmpty }

    mutating func put(_ key: RawSpan, _ value: RawSpan) { batch.put(key, value) }

    mutating func put(_ key: RawSpan, _ value: RawSpan, expiresAfter time: Duration) {
        batch.put(key, value, expiresAfter: time)
    }

    mutating func delete(_ key: RawSpan) { batch.delete(key) }

    mutating func merge(_ key: RawSpan, _ operand: RawSpan) { batch.merge(key, operand) }

    mutating func deleteRange(_ range: KeyRange) { batch.deleteRange(range) }

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
        index?.removeAll()
    }

    /// What the writes have made of a key.
    mutating func state(of key: RawSpan) -> KeyState {
        guard !batch.isEmpty else { return .unknown }
        if batch.count - (index?.count ?? 0) > Self.searchLimit { extendIndex() }
        // The tail is newer than the index.
        if batch.merges || batch.deletesRanges { return searchTailForAll(key) }
        let found = searchTail(key)
        if case .unknown = found, let index, index.count > 0 { return index.state(of: Array(key)) }
        return found
    }

    /// What the writes have made of a range.
    mutating func writes(in range: KeyRange) -> OverlayWrites {
        guard !batch.isEmpty else { return OverlayWrites(writes: [], deletions: []) }
        return extendIndex().writes(in: range)
    }

    /// Searches what is not indexed, which puts and deletes keys.
    private func searchTail(_ key: RawSpan) -> KeyState {
        var found = KeyState.unknown
        key.withUnsafeBytes { key in
            batch.representation.withUnsafeBytes { bytes in
                var match: WriteBatch.Record?
                var offset = index?.end ?? WriteBatch.headerSize
                while let record = WriteBatch.record(at: offset, in: bytes) {
                    if record.key.count == key.count,
                        UnsafeRawBufferPointer(rebasing: bytes[record.key]).isEqual(to: key)
                    {
                        match = record
                    }
                    offset = record.end
                }
                if let match { found = match.tag.isPut ? .value(Array(bytes[match.value])) : .deleted }
            }
        }
        return found
    }

    /// Searches all, where something is merged or ranges are deleted.
    private func searchTailForAll(_ key: RawSpan) -> KeyState {
        let indexed = index?.state(of: Array(key)) ?? .unknown
        return key.withUnsafeBytes { key in
            batch.representation.withUnsafeBytes { bytes in
                var found = indexed
                var offset = index?.end ?? WriteBatch.headerSize
                while let record = WriteBatch.record(at: offset, in: bytes) {
                    offset = record.end
                    let recordKey = UnsafeRawBufferPointer(rebasing: bytes[record.key])
                    if record.tag == .deleteRange {
                        let upper = UnsafeRawBufferPointer(rebasing: bytes[record.value])
                        if !key.lexicographicallyPrecedes(recordKey), key.lexicographicallyPrecedes(upper) {
                            found = .deleted
                        }
                    } else if recordKey.isEqual(to: key) {
                        switch record.tag {
                        case .put, .putForTime: found = .value(Array(bytes[record.value]))
                        case .merge: found = found.merging(Array(bytes[record.value]))
                        case .delete, .deleteRange: found = .deleted
                        }
                    }
                }
                return found
            }
        }
    }

    @discardableResult
    private mutating func extendIndex() -> OverlayIndex {
        let index = self.index ?? OverlayIndex()
        index.extend(over: batch)
        self.index = index
        return index
    }
}
