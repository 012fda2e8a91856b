import KVStoreInterface
import KVStoreTables
import Testing

@Suite("Partial keys are ranges")
struct KeyRangeTests {
    @Test("Random keys: those that begin with a partial key are in its range, no others")
    func partial() throws {
        var random = SeededRandom(test: "partial keys")
        for _ in 0..<randomKeys {
            let part = random.key()
            var key = random.key()
            if random.oneIn(2) { key.elements = part.elements + key.elements }
            let begins = key.elements.starts(with: part.elements)
            try #require(KeyRange.partial(part).contains(key.encodedKey) == begins, "\(part) and \(key)")
        }
    }

    @Test("Random keys: those whose next element is within bounds are in the range, no others")
    func bounded() throws {
        var random = SeededRandom(test: "bounded keys")
        for _ in 0..<randomKeys {
            let part = random.key()
            let bounds = [random.element(), random.element()].sorted { KeyOrder.compare($0, $1) < 0 }
            let (lower, upper) = (Bound(bounds[0]), Bound(bounds[1]))
            var key = AnyKey(part.elements + [random.oneIn(3) ? bounds[random.oneIn(2) ? 0 : 1] : random.element()])
            if random.oneIn(2) { key.elements += random.key().elements }
            if random.oneIn(5) { key = random.key() }
            let begins = key.elements.starts(with: part.elements) && key.elements.count > part.elements.count
            let next = begins ? Bound(key.elements[part.elements.count]) : nil
            let bytes = key.encodedKey
            func check(_ range: KeyRange, _ isIn: Bool) throws {
                try #require(range.contains(bytes) == isIn, "\(part), \(bounds) and \(key)")
            }
            try check(.partial(part, in: lower..<upper), next.map { lower <= $0 && $0 < upper } ?? false)
            try check(.partial(part, in: lower...upper), next.map { lower <= $0 && $0 <= upper } ?? false)
            try check(.partial(part, in: lower...), next.map { lower <= $0 } ?? false)
            // What is the partial key itself comes before every next element.
            let isPart = key == part
            try check(.partial(part, in: ..<upper), isPart || next.map { $0 < upper } ?? false)
            try check(.partial(part, in: ...upper), isPart || next.map { $0 <= upper } ?? false)
        }
    }

    private struct Bound: Comparable, KeyElement {
        let element: AnyKeyElement

        init(_ element: AnyKeyElement) { self.element = element }
        init(decoding decoder: inout KeyDecoder) throws(KeyCodingError) { element = try .init(decoding: &decoder) }
        func encode(into encoder: inout KeyEncoder) { element.encode(into: &encoder) }
        static func < (left: Bound, right: Bound) -> Bool { KeyOrder.compare(left.element, right.element) < 0 }
    }

    @Test("Text and bytes that begin with others, whatever they hold")
    func beginnings() throws {
        var random = SeededRandom(test: "beginnings")
        for _ in 0..<randomKeys {
            let begin = random.bytes(of: [0, 1, 0x61, 0x7F])
            let bytes = random.oneIn(2) ? begin + random.bytes(of: [0, 0x61]) : random.bytes(of: [0, 1, 0x61, 0x7F])
            let begins = bytes.starts(with: begin)
            let text = String(decoding: bytes, as: UTF8.self)
            try #require(KeyRange.partial(1, beginningWith: begin).contains(KeyTuple(1, bytes, 2)) == begins)
            try #require(!KeyRange.partial(1, beginningWith: begin).contains(KeyTuple(1, text, 2)))
            let range = KeyRange.partial(1, beginningWith: String(decoding: begin, as: UTF8.self))
            try #require(range.contains(KeyTuple(1, text)) == begins)
            try #require(!range.contains(KeyTuple(2, text)))
        }
    }

    @Test("The range of no parts is all keys, but not what stands behind them")
    func all() {
        #expect(KeyRange.partial() == KeyRange(lowerBound: nil, upperBound: [0xFE]))
        #expect(KeyRange.partial().contains(Descending<Int?>(nil).encodedKey))
        #expect(KeyRange.partial(in: 1..<2).contains(KeyTuple(1, "a")))
        #expect(KeyRange.partial("a", in: Descending(5)...Descending(3)).contains(KeyTuple("a", Descending(4))))
        #expect(!KeyRange.partial("a", in: Descending(5)..<Descending(3)).contains(KeyTuple("a", Descending(3))))
    }
}
