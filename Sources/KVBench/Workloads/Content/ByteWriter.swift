/// Fills a buffer from its start. What does not fit is dropped, so that a slip in a size cannot write past the end.
struct ByteWriter {
    private let buffer: UnsafeMutableRawBufferPointer
    /// How many bytes are written.
    private(set) var count = 0

    init(_ buffer: UnsafeMutableRawBufferPointer) {
        self.buffer = buffer
    }

    /// How many bytes are left.
    var remaining: Int { buffer.count - count }

    /// Writes text.
    mutating func write(_ text: StaticString) {
        let field = take(text.utf8CodeUnitCount)
        field.copyMemory(from: UnsafeRawBufferPointer(start: text.utf8Start, count: field.count))
    }

    /// Writes a number without leading zeros.
    mutating func write(_ number: UInt64) {
        Digits.store(number, into: take(Digits.count(number)))
    }

    /// Writes `digits` hexadecimal digits that `random` gives.
    mutating func writeHexadecimal(_ digits: Int, from random: inout SplitMix64) {
        let field = take(digits)
        var offset = 0
        while offset + 16 <= field.count {
            let bits = random.next()
            field.storeBytes(of: Self.hexadecimal(bits >> 32), toByteOffset: offset, as: UInt64.self)
            field.storeBytes(of: Self.hexadecimal(bits & 0xffff_ffff), toByteOffset: offset + 8, as: UInt64.self)
            offset += 16
        }
        var bits = random.next()
        while offset < field.count {
            field[offset] = UInt8(truncatingIfNeeded: Self.hexadecimal(bits & 15))
            bits >>= 4
            offset += 1
        }
    }

    /// Eight digits, a byte each, from the low 32 bits: all eight at once, since one by one they would take longer than
    /// the rest of a message.
    private static func hexadecimal(_ bits: UInt64) -> UInt64 {
        var nibbles = bits
        nibbles = (nibbles | nibbles << 16) & 0x0000_ffff_0000_ffff
        nibbles = (nibbles | nibbles << 8) & 0x00ff_00ff_00ff_00ff
        nibbles = (nibbles | nibbles << 4) & 0x0f0f_0f0f_0f0f_0f0f
        let letters = ((nibbles &+ 0x0606_0606_0606_0606) >> 4) & 0x0101_0101_0101_0101
        return nibbles &+ 0x3030_3030_3030_3030 &+ letters &* 0x27
    }

    private mutating func take(_ length: Int) -> UnsafeMutableRawBufferPointer {
        let end = count + min(max(0, length), remaining)
        defer { count = end }
        return UnsafeMutableRawBufferPointer(rebasing: buffer[count..<end])
    }
}
