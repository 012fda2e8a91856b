extension WriteBatch {
    /// One write of a batch, as places in its bytes.
    package struct Record {
        package let tag: Tag
        /// The key, or the lower bound of a range.
        package let key: Range<Int>
        /// The value, or the upper bound of a range; empty for a deletion.
        package let value: Range<Int>
        /// Where the next record begins.
        package let end: Int
    }

    /// The record that begins at `offset`, which is one of this batch.
    package static func record(at offset: Int, in bytes: UnsafeRawBufferPointer) -> Record? {
        var position = offset
        func bytesRange() -> Range<Int>? {
            guard let count = Varint.read(bytes, &position), position + count <= bytes.count else { return nil }
            defer { position += count }
            return position..<(position + count)
        }
        guard position < bytes.count, let tag = Tag(rawValue: bytes[position]) else { return nil }
        position += 1
        guard let key = bytesRange() else { return nil }
        guard tag != .delete else { return Record(tag: tag, key: key, value: position..<position, end: position) }
        guard let value = bytesRange() else { return nil }
        return Record(tag: tag, key: key, value: value, end: position)
    }

    /// The same writes aimed at a column family, zero being the default one, and with a trailer behind each value.
    package func representation(inColumnFamily family: UInt32, trailer: [UInt8]) -> [UInt8] {
        var aimed = Array(representation[..<Self.headerSize])
        aimed.reserveCapacity(representation.count + count * (2 + trailer.count))
        representation.withUnsafeBytes { bytes in
            var offset = Self.headerSize
            while let record = Self.record(at: offset, in: bytes) {
                if family == 0 {
                    aimed.append(record.tag.rawValue)
                } else {
                    aimed.append(record.tag.inColumnFamily)
                    aimed.appendVarint(family)
                }
                if !trailer.isEmpty, record.tag == .put || record.tag == .merge {
                    aimed.append(contentsOf: bytes[(offset + 1)..<record.key.upperBound])
                    aimed.appendVarint(UInt32(record.value.count + trailer.count))
                    aimed.append(contentsOf: bytes[record.value])
                    aimed.append(contentsOf: trailer)
                } else {
                    // Behind the tag the record stands as it is.
                    aimed.append(contentsOf: bytes[(offset + 1)..<record.end])
                }
                offset = record.end
            }
        }
        return aimed
    }
}
