/// Byte strings one after another, each with its length as a base-128 number before it.
package enum ByteStrings {
    package static func encode(_ strings: [some Collection<UInt8>]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(strings.reduce(0) { $0 + $1.count + 5 })
        for string in strings {
            bytes.appendVarint(UInt32(clamping: string.count))
            bytes.append(contentsOf: string)
        }
        return bytes
    }

    /// The byte strings; nil when the bytes are not such.
    package static func decode(_ bytes: RawSpan) -> [[UInt8]]? {
        bytes.withUnsafeBytes { bytes in
            var strings: [UnsafeRawBufferPointer] = []
            return appendPlaces(of: bytes, to: &strings) ? strings.map { Array($0) } : nil
        }
    }

    /// Whether the bytes are such.
    package static func isEncoding(_ bytes: RawSpan) -> Bool {
        bytes.withUnsafeBytes { bytes in
            var strings: [UnsafeRawBufferPointer] = []
            return appendPlaces(of: bytes, to: &strings)
        }
    }

    /// Appends the byte strings as they lie in `bytes`, which are not copied.
    ///
    /// - Returns: whether the bytes are such; what was appended before that showed stays.
    package static func appendPlaces(of bytes: UnsafeRawBufferPointer, to strings: inout [UnsafeRawBufferPointer])
        -> Bool
    {
        var position = 0
        while position < bytes.count {
            guard let count = Varint.read(bytes, &position), count <= bytes.count - position else { return false }
            strings.append(UnsafeRawBufferPointer(rebasing: bytes[position..<(position + count)]))
            position += count
        }
        return true
    }
}
