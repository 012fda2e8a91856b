/// Byte strings one after another, each with its length as a base-128 number before it.
enum ByteStrings {
    static func encode(_ strings: [some Collection<UInt8>]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(strings.reduce(0) { $0 + $1.count + 5 })
        for string in strings {
            bytes.appendVarint(UInt32(clamping: string.count))
            bytes.append(contentsOf: string)
        }
        return bytes
    }

    /// The byte strings; nil when the bytes are not such.
    static func decode(_ bytes: RawSpan) -> [[UInt8]]? {
        bytes.withUnsafeBytes { bytes in
            var strings: [UnsafeRawBufferPointer] = []
            return appendPlaces(of: bytes, to: &strings) ? strings.map { Array($0) } : nil
        }
    }

    /// Whether the bytes are such.
    static func isEncoding(_ bytes: RawSpan) -> Bool {
        bytes.withUnsafeBytes { bytes in
            var strings: [UnsafeRawBufferPointer] = []
            return appendPlaces(of: bytes, to: &strings)
        }
    }

    /// Appends the byte strings as they lie in `bytes`, which are not copied.
    ///
    /// - Returns: whether the bytes are such; what was appended before that showed stays.
    static func appendPlaces(of bytes: UnsafeRawBufferPointer, to strings: inout [UnsafeRawBufferPointer]) -> Bool {
        var position = 0
        while position < bytes.count {
            guard let count = varint(bytes, &position), count <= bytes.count - position else { return false }
            strings.append(UnsafeRawBufferPointer(rebasing: bytes[position..<(position + count)]))
            position += count
        }
        return true
    }

    private static func varint(_ bytes: UnsafeRawBufferPointer, _ position: inout Int) -> Int? {
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
