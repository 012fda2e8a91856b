import KVStoreInterface
import KVStoreTables
import Testing

@Suite("Keys are ordered as their values are")
struct KeyOrderTests {
    @Test("Random keys: the bytes are ordered as the values, and decode to them")
    func random() throws {
        var random = SeededRandom(test: "random keys")
        var last = AnyKey([])
        var lastBytes = last.encodedKey
        for _ in 0..<randomKeys {
            let key = random.key()
            let bytes = key.encodedKey
            try #require(try AnyKey(encodedKey: bytes).elements.elementsEqual(key.elements, by: Self.areTheSame))
            let order = KeyOrder.compare(last.elements, key.elements)
            try #require(lastBytes.lexicographicallyPrecedes(bytes) == (order < 0), "\(last) and \(key)")
            try #require((lastBytes == bytes) == (order == 0), "\(last) and \(key)")
            // Near ones: the same with another end.
            var near = key
            if !near.elements.isEmpty, random.oneIn(2) { near.elements.removeLast() }
            near.elements.append(random.element())
            let nearOrder = KeyOrder.compare(key.elements, near.elements)
            try #require(bytes.lexicographicallyPrecedes(near.encodedKey) == (nearOrder < 0), "\(key) and \(near)")
            (last, lastBytes) = (key, bytes)
        }
    }

    /// By value, which tells more than by bytes.
    private static func areTheSame(_ left: AnyKeyElement, _ right: AnyKeyElement) -> Bool {
        "\(left)" == "\(right)" && KeyOrder.compare(left, right) == 0
    }

    private typealias Sample = KeyTuple<String, Int16, Descending<String>, UInt64, Descending<Int8?>>

    @Test("Random tuples of known types: the bytes are ordered as the tuples")
    func typed() throws {
        var random = SeededRandom(test: "random tuples")
        func sample() -> Sample {
            func text() -> String { String(decoding: random.bytes(of: [0, 1, 0x61]), as: UTF8.self) }
            return KeyTuple(
                text(), .random(in: -260...260, using: &random), Descending(text()),
                random.oneIn(2) ? .max - .random(in: 0...2, using: &random) : .random(in: 0...300, using: &random),
                Descending(random.oneIn(4) ? nil : .random(in: -2...2, using: &random)))
        }
        var last = sample()
        for _ in 0..<randomKeys {
            let (old, new) = (last.parts, sample().parts)
            let next = Sample(
                random.oneIn(2) ? old.0 : new.0, random.oneIn(2) ? old.1 : new.1, random.oneIn(2) ? old.2 : new.2,
                new.3, new.4)
            let decoded = try Sample(encodedKey: next.encodedKey)
            try #require(decoded == next)
            try #require(
                last.encodedKey.lexicographicallyPrecedes(next.encodedKey) == precedes(last, next), "\(last), \(next)")
            last = next
        }
    }

    /// Optionals are not comparable in Swift: nil is the last of those that descend.
    private func precedes(_ left: Sample, _ right: Sample) -> Bool {
        let order = KeyTuple(left.parts.0, left.parts.1, left.parts.2, left.parts.3)
        let other = KeyTuple(right.parts.0, right.parts.1, right.parts.2, right.parts.3)
        if order != other { return order < other }
        return (left.parts.4.base ?? .min).distance(to: right.parts.4.base ?? .min) < 0
    }

    @Test("Integers of every width and sign are written alike, ordered, and refused by types that they do not fit")
    func integers() throws {
        let wide = Int128(UInt64.max) + 1
        let numbers: [Int128] = [
            .min, -wide, 1 - wide, Int128(Int64.min) - 1, Int128(Int64.min), Int128(Int32.min), -65_537,
            -65_536, -65_535, -256, -255, -1, 0, 1, 255, 256, 65_535, 65_536, Int128(Int32.max), Int128(Int64.max),
            Int128(UInt64.max), wide, .max,
        ]
        for (lower, upper) in zip(numbers, numbers.dropFirst()) {
            #expect(lower.encodedKey.lexicographicallyPrecedes(upper.encodedKey), "\(lower) and \(upper)")
        }
        #expect(Int128.max.encodedKey.lexicographicallyPrecedes(UInt128.max.encodedKey))
        func check<Number: FixedWidthInteger & KeyElement>(_: Number.Type) throws {
            for number in numbers {
                if let own = Number(exactly: number) {
                    #expect(own.encodedKey == number.encodedKey)
                    #expect(try Number(encodedKey: number.encodedKey) == own)
                } else {
                    #expect(throws: KeyCodingError(.outOfRange, at: 0)) { try Number(encodedKey: number.encodedKey) }
                }
            }
        }
        try check(Int.self)
        try check(Int8.self)
        try check(Int16.self)
        try check(Int32.self)
        try check(Int64.self)
        try check(Int128.self)
        try check(UInt.self)
        try check(UInt8.self)
        try check(UInt16.self)
        try check(UInt32.self)
        try check(UInt64.self)
        try check(UInt128.self)
    }

    @Test("Optionals of optionals are told apart, wherever they are")
    func optionals() throws {
        let values: [Int??] = [nil, .some(nil), -1, 0, 1]
        let keys = values.map(\.encodedKey)
        #expect(keys == keys.sorted { $0.lexicographicallyPrecedes($1) })
        #expect(try keys.map { try Int??(encodedKey: $0) } == values)
        let nested = values.map { Nested($0, Descending($0), 1) }
        for key in nested {
            let bytes = KeyTuple(Descending(key), key).encodedKey
            let decoded = try KeyTuple<
                Descending<Nested<KeyTuple<Int??, Descending<Int??>, Int>>>,
                Nested<KeyTuple<Int??, Descending<Int??>, Int>>
            >(
                encodedKey: bytes)
            #expect(decoded.parts.0.base == key)
            #expect(decoded.parts.1 == key)
        }
    }

    private enum Color: String, KeyElement, CaseIterable { case red, green, blue }

    @Test("What has a raw value is written as it, and a raw value that there is not is refused")
    func rawValues() throws {
        for color in Color.allCases {
            #expect(color.encodedKey == color.rawValue.encodedKey)
            #expect(try Color(encodedKey: color.encodedKey) == color)
        }
        #expect(throws: KeyCodingError(.outOfRange, at: 0)) { try Color(encodedKey: "pink".encodedKey) }
        #expect(Timestamp(nanoseconds: -5).encodedKey == (-5).encodedKey)
        #expect(try Timestamp(encodedKey: (-5).encodedKey) == Timestamp(nanoseconds: -5))
    }

    @Test("An encoder keeps its memory from key to key, and grows with a large one")
    func encoder() throws {
        var encoder = KeyEncoder()
        for count in [0, 100, 300, 5000, 3] {
            let text = String(repeating: "x\u{0}", count: count)
            encoder.removeAll()
            encoder.encode(text, count)
            #expect(encoder.withBytes { Array($0) } == KeyTuple(text, count).encodedKey)
            #expect(try KeyTuple<String, Int>(encodedKey: KeyTuple(text, count).encodedKey) == KeyTuple(text, count))
        }
    }
}
