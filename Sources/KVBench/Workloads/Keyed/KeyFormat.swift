/// A key that is made again and again in one buffer: the entry's number in decimal digits, as wide as keys are, so that
/// the order of the bytes is that of the numbers.
struct KeyFormat {
    static let defaultSize = 16
    static let sizes = 4...4096

    /// The key that was made last.
    private(set) var bytes: [UInt8]

    init(size: Int) {
        bytes = [UInt8](repeating: UInt8(ascii: "0"), count: size)
    }

    /// How many different keys have that size.
    static func capacity(ofSize size: Int) -> Int {
        (0..<min(size, 18)).reduce(1) { capacity, _ in capacity * 10 }
    }

    /// Makes the key of that entry.
    mutating func set(_ index: Int) {
        bytes.withUnsafeMutableBytes { Digits.store(UInt64(index), into: $0) }
    }

    /// Makes the key of the entry so many further on. Cheaper than ``set(_:)``: few digits change.
    mutating func advance(by count: Int) {
        bytes.withUnsafeMutableBytes { digits in
            var carry = count
            var index = digits.count
            while carry > 0, index > 0 {
                index -= 1
                let sum = carry + Int(digits[index] &- UInt8(ascii: "0"))
                digits[index] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: sum % 10)
                carry = sum / 10
            }
        }
    }

    /// Makes a key that no entry has, between those of its neighbours: the last digit of `index` becomes a letter.
    mutating func setMissing(_ index: Int) {
        set(index)
        bytes[bytes.count - 1] += Self.letters
    }

    /// The number of the entry that has this key, or `nil` when it is the key of none.
    static func index(of key: RawSpan) -> Int? {
        key.withUnsafeBytes { digits in
            var index = 0
            for byte in digits {
                let digit = byte &- UInt8(ascii: "0")
                let (product, overflow) = index.multipliedReportingOverflow(by: 10)
                let (sum, carry) = product.addingReportingOverflow(Int(digit))
                guard digit <= 9, !overflow, !carry else { return nil }
                index = sum
            }
            return index
        }
    }

    private static let letters = UInt8(ascii: "a") - UInt8(ascii: "0")
}
