/// What the first records of a batch have made of each key.
final class OverlayIndex {
    private struct Write {
        /// Which record of the batch was the last to be about the key, counted from one.
        var place: Int
        var state: KeyState
    }

    private var writes: [[UInt8]: Write] = [:]
    private var deletions = RangeDeletions()
    /// Where the first record begins that is not looked at yet, and how many come before.
    private(set) var end = WriteBatch.headerSize
    private(set) var count = 0
    /// The keys in order, but for those that were added since somebody asked for them in order.
    private var orderedKeys: [[UInt8]] = []
    private var newKeys: [[UInt8]] = []

    func removeAll() {
        guard count > 0 else { return }
        writes.removeAll(keepingCapacity: true)
        deletions.removeAll()
        orderedKeys.removeAll(keepingCapacity: true)
        newKeys.removeAll(keepingCapacity: true)
        end = WriteBatch.headerSize
        count = 0
    }

    func state(of key: [UInt8]) -> KeyState {
        let write = writes[key]
        if !deletions.isEmpty, deletions.place(covering: key) > write?.place ?? 0 { return .deleted }
        return write?.state ?? .unknown
    }

    /// Looks at the records that have come since.
    func extend(over batch: borrowing WriteBatch) {
        batch.representation.withUnsafeBytes { bytes in
            while let record = WriteBatch.record(at: end, in: bytes) {
                count += 1
                end = record.end
                let key = Array(bytes[record.key])
                switch record.tag {
                case .put, .putForTime: set(key, .value(Array(bytes[record.value])))
                case .delete: set(key, .deleted)
                case .merge: merge(key, Array(bytes[record.value]))
                case .deleteRange: deletions.add(key, Array(bytes[record.value]), at: count)
                }
            }
        }
    }

    private func set(_ key: [UInt8], _ state: KeyState) {
        if writes.updateValue(Write(place: count, state: state), forKey: key) == nil { newKeys.append(key) }
    }

    private func merge(_ key: [UInt8], _ operand: [UInt8]) {
        guard !deletions.isEmpty || writes[key] == nil else {
            // In place: one key may have many operands.
            writes[key]!.place = count
            var state = KeyState.unknown
            swap(&state, &writes[key]!.state)
            writes[key]!.state = state.merging(operand)
            return
        }
        set(key, state(of: key).merging(operand))
    }

    /// What is there of a range.
    func writes(in range: KeyRange) -> OverlayWrites {
        orderKeys()
        let start = range.lowerBound.map { lower in
            orderedKeys.partitioningIndex { !$0.lexicographicallyPrecedes(lower) }
        }
        let end = range.upperBound.map { upper in
            orderedKeys.partitioningIndex { !$0.lexicographicallyPrecedes(upper) }
        }
        let places = (start ?? 0)..<max(start ?? 0, end ?? orderedKeys.count)
        return OverlayWrites(
            writes: orderedKeys[places].map { OverlayWrites.Write(key: $0, state: state(of: $0)) },
            deletions: deletions.stretches(in: range))
    }

    private func orderKeys() {
        if newKeys.count * 8 > orderedKeys.count {
            orderedKeys += newKeys
            orderedKeys.sort { $0.lexicographicallyPrecedes($1) }
        } else {
            for key in newKeys {
                orderedKeys.insert(key, at: orderedKeys.partitioningIndex { key.lexicographicallyPrecedes($0) })
            }
        }
        newKeys.removeAll(keepingCapacity: true)
    }
}
