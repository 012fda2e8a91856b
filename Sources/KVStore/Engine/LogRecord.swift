/// A record of the write-ahead log: writes to any column family of a database, each with its number.
struct LogRecord {
    /// The number of the first write; the record takes as many as it has writes.
    let first: UInt64
    let count: Int
    /// The writes to one column family, with their numbers.
    let writes: [(sequence: UInt64, write: WriteBatch.Write)]

    /// The number of the last write; the one before the first when there are none.
    let last: UInt64
    /// The engine's numbers have 56 bits.
    private static let numberLimit: UInt64 = 1 << 56

    /// - Parameters:
    ///   - family: whose writes are wanted.
    ///   - after: up to which number they are not.
    ///   - trailerSize: how much of the end of each value is not the value.
    init(
        _ first: UInt64, _ bytes: UnsafeRawBufferPointer, family: UInt32, after: UInt64, trailerSize: Int
    ) throws(EngineFailure) {
        self.first = first
        guard bytes.count >= WriteBatch.headerSize, first < Self.numberLimit else { throw Self.damaged }
        var reader = Reader(bytes: bytes, position: WriteBatch.headerSize)
        func payload(_ stored: Range<Int>) throws(EngineFailure) -> [UInt8] {
            guard stored.count >= trailerSize else { throw Self.damaged }
            return Array(bytes[stored].dropLast(trailerSize))
        }
        var writes: [(sequence: UInt64, write: WriteBatch.Write)] = []
        var count = 0
        while let entry = try reader.next() {
            guard case .write(let target, let tag, let keyPlace, let value) = entry else {
                // The write before it is nobody's.
                if case .mark = entry, writes.last?.sequence == first + UInt64(count) - 1 { writes.removeLast() }
                continue
            }
            let sequence = first + UInt64(count)
            count += 1
            guard target == family, sequence > after else { continue }
            let key = Array(bytes[keyPlace])
            switch tag {
            case .put, .putForTime: writes.append((sequence, .put(key: key, value: try payload(value))))
            case .merge: writes.append((sequence, .merge(key: key, operand: try payload(value))))
            case .delete: writes.append((sequence, .delete(key: key)))
            case .deleteRange: writes.append((sequence, .deleteRange(lower: key, upper: Array(bytes[value]))))
            }
        }
        self.count = count
        self.writes = writes
        // No more writes than bytes, so that this cannot be too large.
        last = count == 0 && first == 0 ? 0 : first + UInt64(count) - 1
    }

    private static let damaged = EngineFailure.refused(
        .corruption, "a record of the write-ahead log is not of a form that the library knows")
}

extension LogRecord {
    private enum Entry {
        case write(family: UInt32, WriteBatch.Tag, key: Range<Int>, value: Range<Int>)
        /// What makes the write before it a mark of the library's: see ``Database/writeMark(in:)``.
        case mark
        /// What takes no number: other data that is only in the log.
        case other
    }

    /// Goes through the entries of a record.
    private struct Reader {
        let bytes: UnsafeRawBufferPointer
        var position: Int

        mutating func next() throws(EngineFailure) -> Entry? {
            guard position < bytes.count else { return nil }
            let tag = bytes[position]
            position += 1
            switch tag {
            case 0x03:  // data that is only in the log
                return bytes[try string()].elementsEqual(Database.markName.utf8) ? .mark : .other
            case 0x0D: return .other  // nothing
            default: break
            }
            if let tag = WriteBatch.Tag.all.first(where: { $0.rawValue == tag }) { return try write(0, tag) }
            guard let tag = WriteBatch.Tag.all.first(where: { $0.inColumnFamily == tag }),
                let family = UInt32(exactly: try number())
            else { throw LogRecord.damaged }
            return try write(family, tag)
        }

        private mutating func write(_ family: UInt32, _ tag: WriteBatch.Tag) throws(EngineFailure) -> Entry {
            let key = try string()
            let value = tag == .delete ? position..<position : try string()
            return .write(family: family, tag, key: key, value: value)
        }

        private mutating func string() throws(EngineFailure) -> Range<Int> {
            let count = try number()
            guard count <= bytes.count - position else { throw LogRecord.damaged }
            defer { position += count }
            return position..<(position + count)
        }

        private mutating func number() throws(EngineFailure) -> Int {
            guard let number = Varint.read(bytes, &position) else { throw LogRecord.damaged }
            return number
        }
    }
}
