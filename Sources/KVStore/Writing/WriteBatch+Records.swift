extension WriteBatch {
    /// One write of a batch, as places in its bytes.
    struct Record {
        let tag: Tag
        /// The key, or the lower bound of a range.
        let key: Range<Int>
        /// The value, or the upper bound of a range; empty for a deletion.
        let value: Range<Int>
        /// Where the next record begins.
        let end: Int
    }

    /// The record that begins at `offset`, which is one of this batch.
    static func record(at offset: Int, in bytes: UnsafeRawBufferPointer) -> Record? {
        var position = offset
        func varint() -> Int? {
            var number = 0
            var shift = 0
            while position < bytes.count, shift < 35 {
                let byte = bytes[position]
                position += 1
                number |= Int(byte & 0x7F) << shift
                if byte < 0x80 { return number }
                shift += 7
            }
            return nil
        }
        func bytesRange() -> Range<Int>? {
            guard let count = varint(), position + count <= bytes.count else { return nil }
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
    func representation(inColumnFamily family: UInt32, trailer: [UInt8]) -> [UInt8] {
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
