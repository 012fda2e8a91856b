import KVStore
import Testing

@Suite("Ranges of keys")
struct KeyRangeTests {
    @Test("A prefix holds exactly the keys that begin with it")
    func prefixLaw() {
        var random = SeededRandom(test: "prefixLaw")
        for _ in 0..<5_000 {
            let prefix = random.bytes(upTo: 4)
            let key = random.bytes(upTo: 6)
            let range = KeyRange.prefix(prefix)
            #expect(range.contains(key) == key.starts(with: prefix), "\(prefix) \(key)")
            #expect(range.contains(prefix))
            #expect(!range.isEmpty)
        }
    }

    @Test("The bound of a prefix is the smallest key above all that begin with it")
    func prefixBounds() {
        #expect(KeyRange.prefix("a") == KeyRange(from: "a", to: "b"))
        #expect(KeyRange.prefix("") == .all)
        #expect(KeyRange.prefix([1, 0xFF] as [UInt8]) == KeyRange(from: [1, 0xFF] as [UInt8], to: [2] as [UInt8]))
        #expect(KeyRange.prefix([0xFF] as [UInt8]) == KeyRange(from: [0xFF] as [UInt8]))
        #expect(KeyRange.prefix([0xFF, 0xFF] as [UInt8]).upperBound == nil)
        #expect(KeyRange.prefix([0] as [UInt8]).upperBound == [1])
    }

    @Test("A range holds what is not below its lower bound and below its upper one")
    func containsLaw() {
        var random = SeededRandom(test: "containsLaw")
        for _ in 0..<5_000 {
            let (lower, upper, key) = (random.bytes(upTo: 3), random.bytes(upTo: 3), random.bytes(upTo: 3))
            let isFrom = !key.lexicographicallyPrecedes(lower)
            let isBelow = key.lexicographicallyPrecedes(upper)
            #expect(KeyRange(from: lower, to: upper).contains(key) == (isFrom && isBelow))
            #expect(KeyRange(from: lower).contains(key) == isFrom)
            #expect(KeyRange(upTo: upper).contains(key) == isBelow)
            #expect(KeyRange.all.contains(key))
            if KeyRange(from: lower, to: upper).isEmpty { #expect(!KeyRange(from: lower, to: upper).contains(key)) }
            #expect(KeyRange(from: lower, to: upper).isEmpty == !lower.lexicographicallyPrecedes(upper))
        }
    }

    @Test("Ranges are empty when no key can be in them")
    func emptiness() {
        #expect(KeyRange(from: "b", to: "a").isEmpty)
        #expect(KeyRange(from: "a", to: "a").isEmpty)
        #expect(KeyRange(upTo: "").isEmpty)
        #expect(!KeyRange(upTo: [0] as [UInt8]).isEmpty)
        #expect(!KeyRange(from: "").isEmpty)
        #expect(!KeyRange.all.isEmpty)
    }

    @Test("What is left behind a key and before it is the range without the rest, and has not the key")
    func partsLaw() {
        var random = SeededRandom(test: "partsLaw")
        for _ in 0..<5_000 {
            let (lower, upper, last, key) = (
                random.bytes(upTo: 3), random.bytes(upTo: 3), random.bytes(upTo: 3), random.bytes(upTo: 4)
            )
            for range in [KeyRange(from: lower, to: upper), KeyRange(from: lower), KeyRange(upTo: upper), .all] {
                let (isBehind, isBefore) = (last.lexicographicallyPrecedes(key), key.lexicographicallyPrecedes(last))
                #expect(range.after(last).contains(key) == (range.contains(key) && isBehind))
                #expect(range.before(last).contains(key) == (range.contains(key) && isBefore))
            }
        }
        #expect(KeyRange.prefix("b").after("a") == .prefix("b"))
        #expect(KeyRange.prefix("b").before("c") == .prefix("b"))
        #expect(KeyRange.prefix("b").after("c").isEmpty && KeyRange.prefix("b").before("a").isEmpty)
    }

    @Test("Swift's ranges of strings mean what they say")
    func stringRanges() {
        #expect(("a"..<"b").keyRange == KeyRange(from: "a", to: "b"))
        #expect(("a"..."b").keyRange.contains("b") && !("a"..."b").keyRange.contains("b\u{0}"))
        #expect(("a"...).keyRange == KeyRange(from: "a"))
        #expect((..<"b").keyRange == KeyRange(upTo: "b"))
        #expect((..."b").keyRange.contains("b") && !(..."b").keyRange.contains("ba"))
    }
}
