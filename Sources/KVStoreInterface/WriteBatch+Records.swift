extension WriteBatch {
    /// One write of a batch, as places in its bytes.
    package struct Record {
        package let tag: Tag
        /// The key, or the lower bound of a range.
        package let key: Range<Int>
        /// The value, or the upper bound of a range; empty for a deletion. Without the time that it is to live.
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
        guard var value = bytesRange() else { return nil }
        if tag == .putForTime {
            guard value.count >= Self.timeSize else { return nil }
            value = value.dropLast(Self.timeSize)
        }
        return Record(tag: tag, key: key, value: value, end: position)
    }

    /// How long the entry of a ``Tag/putForTime`` is to live, in milliseconds.
    static func time(of record: Record, in bytes: UnsafeRawBufferPointer) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: record.value.upperBound, as: UInt64.self))
    }

    /// What stands behind a value that is to live for so many milliseconds from `now` on: when it expires, in milliseconds
    /// since 1970, little-endian.
    package static func trailer(of now: UInt64, living time: UInt64) -> [UInt8] {
        withUnsafeBytes(of: now.addingSaturating(time).littleEndian) { Array($0) }
    }

    /// The same writes aimed at a column family, zero being the default one, and with a trailer behind each value.
    ///
    /// - Parameter now: in milliseconds since 1970; counts where the batch ``expires``.
    package func representation(inColumnFamily family: UInt32, trailer: [UInt8], now: UInt64 = 0) -> [UInt8] {
        var aimed = Array(representation[..<Self.headerSize])
        aimed.reserveCapacity(representation.count + count * (2 + trailer.count))
        representation.withUnsafeBytes { bytes in
            var offset = Self.headerSize
            while let record = Self.record(at: offset, in: bytes) {
                if family == 0 {
                    aimed.append(record.tag.isPut ? Tag.put.rawValue : record.tag.rawValue)
                } else {
                    aimed.append(record.tag.inColumnFamily)
                    aimed.appendVarint(family)
                }
                let trailer =
                    record.tag == .putForTime
                    ? Self.trailer(of: now, living: Self.time(of: record, in: bytes)) : trailer
                if !trailer.isEmpty, record.tag.isPut || record.tag == .merge {
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
