/// Numbers in base 128, seven bits a byte, the lowest first, as RocksDB and others write lengths.
package enum Varint {
    /// Reads a number of at most 32 bits and moves behind it; nil when there is none.
    @inlinable
    package static func read(_ bytes: UnsafeRawBufferPointer, _ position: inout Int) -> Int? {
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
}

extension [UInt8] {
    package mutating func appendVarint(_ number: UInt32) {
        var rest = number
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }
}
