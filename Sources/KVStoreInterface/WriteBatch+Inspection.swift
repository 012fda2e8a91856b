extension WriteBatch {
    /// One write of a batch.
    public enum Write: Sendable, Hashable {
        /// Sets the value of a key.
        case put(key: [UInt8], value: [UInt8])
        /// Sets the value of a key for a time, in whole milliseconds, that counts from the commit.
        case putForTime(key: [UInt8], value: [UInt8], time: Duration)
        /// Combines a value with what the key holds.
        case merge(key: [UInt8], operand: [UInt8])
        /// Deletes a key.
        case delete(key: [UInt8])
        /// Deletes the keys from `lower`, included, to `upper`, excluded.
        case deleteRange(lower: [UInt8], upper: [UInt8])
    }

    /// The writes of the batch, in order, as copies.
    public var writes: [Write] {
        var writes: [Write] = []
        writes.reserveCapacity(count)
        representation.withUnsafeBytes { bytes in
            var offset = Self.headerSize
            while let record = Self.record(at: offset, in: bytes) {
                let key = Array(bytes[record.key])
                switch record.tag {
                case .put: writes.append(.put(key: key, value: Array(bytes[record.value])))
                case .putForTime:
                    let time = Duration.milliseconds(Int64(clamping: Self.time(of: record, in: bytes)))
                    writes.append(.putForTime(key: key, value: Array(bytes[record.value]), time: time))
                case .merge: writes.append(.merge(key: key, operand: Array(bytes[record.value])))
                case .delete: writes.append(.delete(key: key))
                case .deleteRange: writes.append(.deleteRange(lower: key, upper: Array(bytes[record.value])))
                }
                offset = record.end
            }
        }
        return writes
    }

    /// A place in a batch to go back to.
    public struct SavePoint: Sendable {
        fileprivate let end: Int
        fileprivate let count: Int
        fileprivate let deletesRanges: Bool
        fileprivate let merges: Bool
        fileprivate let expires: Bool
        fileprivate let violation: String?
    }

    /// The batch as it is now, to ``rollBack(to:)`` to. Costs nothing.
    public var savePoint: SavePoint {
        SavePoint(
            end: representation.count, count: count, deletesRanges: deletesRanges, merges: merges,
            expires: expires, violation: violation)
    }

    /// Removes the writes that were added since a save point was taken of this batch.
    ///
    /// A save point of what the batch no longer is, because it was cleared or rolled back since, changes nothing, or
    /// leaves as many writes as there were then.
    public mutating func rollBack(to point: SavePoint) {
        guard point.end <= representation.count, place(after: point.count) == point.end else { return }
        representation.removeSubrange(point.end...)
        setCount(point.count)
        deletesRanges = point.deletesRanges
        merges = point.merges
        expires = point.expires
        violation = point.violation
    }

    /// Where the first `count` writes end; nil when there are fewer.
    private func place(after count: Int) -> Int? {
        guard count <= self.count else { return nil }
        return representation.withUnsafeBytes { bytes in
            var offset = Self.headerSize
            for _ in 0..<count {
                guard let record = Self.record(at: offset, in: bytes) else { return nil }
                offset = record.end
            }
            return offset
        }
    }
}
