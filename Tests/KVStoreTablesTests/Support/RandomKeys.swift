import KVStoreTables

extension SeededRandom {
    /// A key of up to four elements of few kinds and near values, so that many share beginnings or are equal.
    mutating func key() -> AnyKey { AnyKey((0..<Int.random(in: 0...4, using: &self)).map { _ in element() }) }

    mutating func element(depth: Int = 0) -> AnyKeyElement {
        if oneIn(4) { return .descending(base(depth: depth)) }
        return base(depth: depth)
    }

    private mutating func base(depth: Int) -> AnyKeyElement {
        switch Int.random(in: 0..<10, using: &self) {
        case 0: .null
        case 1: .bytes(bytes(of: [0, 1, 0x61, 0xFE, 0xFF]))
        case 2, 3: .string(String(decoding: bytes(of: [0, 1, 0x61, 0x62, 0x7F]), as: UTF8.self) + suffix())
        case 4 where depth < 3:
            .nested((0..<Int.random(in: 0...3, using: &self)).map { _ in element(depth: depth + 1) })
        case 5: .float(Float(bitPattern: UInt32(truncatingIfNeeded: bits())))
        case 6: .double(Double(bitPattern: bits()))
        case 7: .bool(oneIn(2))
        case 8: .uuid(UUIDBytes(high: UInt64.random(in: 0...2, using: &self), low: bits()))
        default: .integer(integer())
        }
    }

    private mutating func suffix() -> String {
        oneIn(4) ? ["ä", "\u{FFFF}", "😀"].randomElement(using: &self) ?? "" : ""
    }

    mutating func bytes(of alphabet: [UInt8]) -> [UInt8] {
        (0..<Int.random(in: 0...3, using: &self)).map { _ in alphabet.randomElement(using: &self) ?? 0 }
    }

    /// Bits that make ordinary numbers, and zeros, infinities and what is not a number.
    private mutating func bits() -> UInt64 {
        switch Int.random(in: 0..<4, using: &self) {
        case 0: next()
        case 1: Double(Int.random(in: -3...3, using: &self)).bitPattern
        case 2: UInt64.random(in: 0...3, using: &self) << 62
        default:
            [Double.infinity, -.infinity, .nan, -.nan, -0.0, .leastNonzeroMagnitude].randomElement(using: &self)?
                .bitPattern ?? 0
        }
    }

    /// An integer near one at which the number of bytes changes, or any of that many bits.
    mutating func integer() -> Int128 {
        let shift = Int.random(in: 0...126, using: &self)
        let near = (Int128(1) << (shift / 8 * 8)) + Int128.random(in: -2...2, using: &self)
        let any = Int128(truncatingIfNeeded: UInt128(next()) << 64 | UInt128(next())) >> Int128(shift)
        let magnitude = oneIn(2) ? near : any
        return oneIn(2) ? 0 - magnitude : magnitude
    }
}

/// How keys are to be ordered, told from their values alone.
enum KeyOrder {
    static func precedes(_ left: [AnyKeyElement], _ right: [AnyKeyElement]) -> Bool { compare(left, right) < 0 }

    /// Negative, zero or positive.
    static func compare(_ left: [AnyKeyElement], _ right: [AnyKeyElement]) -> Int {
        for (left, right) in zip(left, right) {
            let order = compare(left, right)
            if order != 0 { return order }
        }
        return left.count - right.count
    }

    static func compare(_ left: AnyKeyElement, _ right: AnyKeyElement) -> Int {
        switch (left, right) {
        case (.bytes(let left), .bytes(let right)): compare(left, right)
        case (.string(let left), .string(let right)):
            compare(left.unicodeScalars.map(\.value), right.unicodeScalars.map(\.value))
        case (.nested(let left), .nested(let right)): compare(left, right)
        case (.integer(let left), .integer(let right)): left < right ? -1 : left > right ? 1 : 0
        case (.float(let left), .float(let right)): compareTotally(left, right)
        case (.double(let left), .double(let right)): compareTotally(left, right)
        case (.bool(let left), .bool(let right)): (left ? 1 : 0) - (right ? 1 : 0)
        case (.uuid(let left), .uuid(let right)): compare([left.high, left.low], [right.high, right.low])
        case (.descending(let left), .descending(let right)): compare(right, left)
        default: rank(left) - rank(right)
        }
    }

    private static func compareTotally<Number: FloatingPoint>(_ left: Number, _ right: Number) -> Int {
        if !right.isTotallyOrdered(belowOrEqualTo: left) { return -1 }
        return left.isTotallyOrdered(belowOrEqualTo: right) ? 0 : 1
    }

    private static func compare<Number: Comparable>(_ left: [Number], _ right: [Number]) -> Int {
        if left.lexicographicallyPrecedes(right) { return -1 }
        return right.lexicographicallyPrecedes(left) ? 1 : 0
    }

    private static func rank(_ element: AnyKeyElement) -> Int {
        switch element {
        case .null: 0
        case .bytes: 1
        case .string: 2
        case .nested: 3
        case .integer: 4
        case .float: 5
        case .double: 6
        case .bool: 7
        case .uuid: 8
        case .descending: 9
        }
    }
}
