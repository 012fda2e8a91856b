/// A put or a deletion as it stands in a batch of the engine's, as places in its bytes.
struct BufferedWrite {
    let family: UInt32
    let isDeletion: Bool
    let key: Range<Int>
    let value: Range<Int>

    /// Where the next one begins.
    var end: Int { value.upperBound }

    /// The write that begins at `offset`; nil at the end, and for one of another kind.
    @inline(__always)
    init?(at offset: Int, in bytes: UnsafeRawBufferPointer) {
        guard offset < bytes.count else { return nil }
        var position = offset + 1
        switch bytes[offset] {
        case WriteBatch.Tag.put.rawValue: (family, isDeletion) = (0, false)
        case WriteBatch.Tag.delete.rawValue: (family, isDeletion) = (0, true)
        case WriteBatch.Tag.put.inColumnFamily, WriteBatch.Tag.delete.inColumnFamily:
            guard let number = Varint.read(bytes, &position) else { return nil }
            (family, isDeletion) = (UInt32(number), bytes[offset] == WriteBatch.Tag.delete.inColumnFamily)
        default: return nil
        }
        guard let keySize = Varint.read(bytes, &position) else { return nil }
        key = position..<(position + keySize)
        position += keySize
        if isDeletion {
            value = position..<position
        } else {
            guard let valueSize = Varint.read(bytes, &position) else { return nil }
            value = position..<(position + valueSize)
        }
        guard value.upperBound <= bytes.count else { return nil }
    }

    /// The most bytes of one before and between key and value: a tag and three numbers.
    private static let prefixSize = 16

    /// Calls `body` with a write in the engine's form.
    @inline(__always)
    static func withBytes<Result, Failure: Error>(
        _ family: UInt32, _ key: RawSpan, _ value: RawSpan?,
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let room = prefixSize + key.byteCount + (value?.byteCount ?? 0)
        return try withUnsafeTemporaryAllocation(byteCount: room, alignment: 1) { (buffer) throws(Failure) in
            let tag: WriteBatch.Tag = value == nil ? .delete : .put
            buffer[0] = family == 0 ? tag.rawValue : tag.inColumnFamily
            var size = 1
            if family != 0 { size = buffer.store(varint: family, at: size) }
            size = buffer.store(key, at: size)
            if let value { size = buffer.store(value, at: size) }
            return try body(UnsafeRawBufferPointer(rebasing: buffer[..<size]))
        }
    }
}
