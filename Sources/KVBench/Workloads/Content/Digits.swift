/// Numbers as decimal digits.
enum Digits {
    /// The width of a number in keys and values: what the largest one takes, so that all sort as bytes.
    static let width = 20

    /// Overwrites 20 bytes of `buffer` from `offset` on.
    static func write(_ number: UInt64, into buffer: inout [UInt8], at offset: Int) {
        buffer.withUnsafeMutableBytes { bytes in
            store(number, into: UnsafeMutableRawBufferPointer(rebasing: bytes[offset..<offset + width]))
        }
    }

    /// Fills `field` with the last digits of `number`, zeros before them.
    static func store(_ number: UInt64, into field: UnsafeMutableRawBufferPointer) {
        var rest = number
        var index = field.count
        // Eight at once: one by one they would take longer than what is measured leaves room for.
        while index >= 8 {
            index -= 8
            // Before most numbers there are only zeros.
            guard rest > 0 else {
                field.storeBytes(of: zeros, toByteOffset: index, as: UInt64.self)
                continue
            }
            let (quotient, digits) =
                rest < 100_000_000 ? (0, rest) : rest.quotientAndRemainder(dividingBy: 100_000_000)
            field.storeBytes(of: eightDigits(digits).littleEndian, toByteOffset: index, as: UInt64.self)
            rest = quotient
        }
        while index > 0, rest > 0 {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            index -= 1
            field[index] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: digit)
            rest = quotient
        }
        while index > 0 {
            index -= 1
            field[index] = UInt8(ascii: "0")
        }
    }

    /// The eight digits of a number below 100,000,000, the first in the lowest byte.
    private static func eightDigits(_ number: UInt64) -> UInt64 {
        // Halves of four digits, then quarters of two, then each by itself, all in one word.
        let (high, low) = (number / 10_000, number % 10_000)
        let halves = high | low << 32
        let hundreds = (halves &* 10_486) >> 20 & 0x0000_007f_0000_007f
        let quarters = hundreds | (halves &- 100 &* hundreds) << 16
        let tens = (quarters &* 103) >> 10 & 0x000f_000f_000f_000f
        return (tens | (quarters &- 10 &* tens) << 8) &+ zeros
    }

    /// The digit 0, eight times.
    private static let zeros: UInt64 = 0x3030_3030_3030_3030

    /// How many digits the number has without leading zeros.
    static func count(_ number: UInt64) -> Int {
        var count = 1
        var limit: UInt64 = 10
        while number >= limit, count < width {
            count += 1
            let (product, overflow) = limit.multipliedReportingOverflow(by: 10)
            limit = overflow ? .max : product
        }
        return count
    }

    /// The number that exactly 20 digits make, or `nil` for anything else.
    static func read(_ bytes: RawSpan) -> UInt64? {
        guard bytes.byteCount == width else { return nil }
        return bytes.withUnsafeBytes { digits in
            var number: UInt64 = 0
            for byte in digits {
                let digit = byte &- UInt8(ascii: "0")
                guard digit <= 9 else { return nil }
                let (product, overflow) = number.multipliedReportingOverflow(by: 10)
                let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
                guard !overflow, !carry else { return nil }
                number = sum
            }
            return number
        }
    }
}
