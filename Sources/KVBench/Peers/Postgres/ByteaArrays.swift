/// Keys and values as two arrays of byte strings in the server's binary form: a header, then each with its length before.
struct ByteaArrays {
    private var keys: [UInt8] = []
    private var values: [UInt8] = []
    private var count: Int32 = 0

    /// Of one dimension, without nulls, of the type whose number is 17, from 1 on. The count is behind 12 bytes.
    private static let header: [UInt8] = [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0, 0, 1]
    private static let countOffset = 12

    var isEmpty: Bool { count == 0 }

    /// Takes what there is out, emptied, so that its memory is used again.
    mutating func take() -> ByteaArrays {
        var taken = ByteaArrays()
        swap(&taken, &self)
        taken.removeAll()
        return taken
    }

    mutating func removeAll() {
        keys.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
        count = 0
    }

    mutating func append(_ key: RawSpan, _ value: RawSpan) {
        if isEmpty {
            keys.append(contentsOf: Self.header)
            values.append(contentsOf: Self.header)
        }
        count += 1
        Self.append(key, to: &keys)
        Self.append(value, to: &values)
    }

    /// Shows `body` both arrays, of which there must be something.
    mutating func withBytes<Result>(
        _ body: (_ keys: UnsafeRawBufferPointer, _ values: UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        let count = count.bigEndian
        return try keys.withUnsafeMutableBytes { keys in
            try values.withUnsafeMutableBytes { values in
                keys.storeBytes(of: count, toByteOffset: Self.countOffset, as: Int32.self)
                values.storeBytes(of: count, toByteOffset: Self.countOffset, as: Int32.self)
                return try body(UnsafeRawBufferPointer(keys), UnsafeRawBufferPointer(values))
            }
        }
    }

    private static func append(_ bytes: RawSpan, to array: inout [UInt8]) {
        bytes.withUnsafeBytes { bytes in
            withUnsafeBytes(of: Int32(bytes.count).bigEndian) { array.append(contentsOf: $0) }
            array.append(contentsOf: bytes)
        }
    }
}
