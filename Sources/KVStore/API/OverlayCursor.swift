/// Uncommitted writes laid over what a cursor reads, and a place among them.
struct OverlayCursor {
    private let overlay: OverlayWrites
    /// The write that the walk is at; -1 and the number of writes are the places before and after all.
    private var index = 0
    /// Whether the cursor's entry is the write that the walk is at, and not an entry of the database.
    private(set) var isCurrent = false
    /// What that entry holds.
    private(set) var value: [UInt8] = []
    var isForward = true

    init(_ overlay: OverlayWrites) { self.overlay = overlay }

    /// The write that the walk is at.
    var write: OverlayWrites.Write? {
        overlay.writes.indices.contains(index) ? overlay.writes[index] : nil
    }

    mutating func goToFirst() { index = 0 }

    mutating func goToLast() { index = overlay.writes.count - 1 }

    mutating func step() { index += isForward ? 1 : -1 }

    /// Goes to the first write at or after `key`.
    mutating func seek(_ key: RawSpan) {
        let key = Array(key)
        index = overlay.writes.partitioningIndex { !$0.key.lexicographicallyPrecedes(key) }
    }

    /// Goes to the last write at or before `key`.
    mutating func seekBackward(_ key: RawSpan) {
        seek(key)
        guard let write, write.key == Array(key) else {
            index -= 1
            return
        }
    }

    /// Goes on to the next entry of the merged view from where both places are.
    ///
    /// - Returns: whether there is one.
    mutating func settle(_ iterator: borrowing EngineIterator) throws(EngineFailure) -> Bool {
        isCurrent = false
        while true {
            guard iterator.isValid else {
                try iterator.check()
                guard let write else { return false }
                if try show(write, over: nil, iterator) { return true }
                step()
                continue
            }
            let key = iterator.key
            if let write, !isBefore(key, write) {
                var base: [UInt8]?
                if key.elementsEqual(write.key) {
                    // The write hides it. Whether it can be read matters only where it is merged into.
                    if write.state.isOpen, try iterator.showsEntry() { base = Array(iterator.value) }
                    iterator.step(isForward: isForward)
                }
                if try show(write, over: base, iterator) { return true }
                step()
            } else if let deletion = overlay.deletion(covering: key) {
                leave(deletion, iterator)
            } else if try iterator.showsEntry() {
                return true
            } else {
                iterator.step(isForward: isForward)
            }
        }
    }

    /// Whether an entry of the database comes before a write.
    private func isBefore(_ key: UnsafeRawBufferPointer, _ write: OverlayWrites.Write) -> Bool {
        isForward ? key.lexicographicallyPrecedes(write.key) : write.key.lexicographicallyPrecedes(key)
    }

    /// Makes a write the cursor's entry, unless it is a deletion.
    ///
    /// - Parameter base: what the database holds there.
    private mutating func show(
        _ write: OverlayWrites.Write, over base: [UInt8]?, _ iterator: borrowing EngineIterator
    ) throws(EngineFailure) -> Bool {
        switch write.state {
        case .value(let value): self.value = value
        case .deleted, .unknown: return false
        case .merged(let merged):
            value = try iterator.columnFamily.format.combine(merged.value { base }, merged.operands)
        }
        isCurrent = true
        return true
    }

    /// Moves the iterator out of a stretch that is deleted.
    private func leave(_ deletion: DeletedStretch, _ iterator: borrowing EngineIterator) {
        if isForward {
            iterator.seek(deletion.upper.span.bytes)
        } else {
            iterator.seekBackward(deletion.lower.span.bytes)
            if iterator.isValid, iterator.key.elementsEqual(deletion.lower) { iterator.previous() }
        }
    }
}
