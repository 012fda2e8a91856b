import Foundation
import Testing

@testable import KVBench

@Suite("Entries of keyed workloads")
struct EntryFormatTests {
    @Test("Keys have the size asked for, keep the order of their numbers and are read back", arguments: [4, 16, 40])
    func keys(size: Int) {
        var key = KeyFormat(size: size)
        var previous: [UInt8] = []
        for index in [0, 1, 9, 10, 99, 100, 5000, 9999] {
            key.set(index)
            #expect(key.bytes.count == size)
            #expect(previous.lexicographicallyPrecedes(key.bytes))
            #expect(KeyFormat.index(of: key.bytes.span.bytes) == index)
            previous = key.bytes
        }
        #expect(KeyFormat.capacity(ofSize: 4) == 10_000)
    }

    @Test("Advancing a key makes that of the entry so many further on", arguments: [0, 1, 7, 95, 995])
    func advancedKeys(start: Int) {
        var key = KeyFormat(size: 4)
        var made = KeyFormat(size: 4)
        for step in [1, 2, 10, 3, 1000] {
            for index in stride(from: start, to: 9999 - step, by: step).prefix(120) {
                key.set(index)
                key.advance(by: step)
                made.set(index + step)
                #expect(key.bytes == made.bytes)
            }
        }
    }

    @Test("The key of no entry lies between those of entries")
    func missingKeys() {
        var key = KeyFormat(size: 8)
        key.setMissing(1234)
        #expect(key.bytes == Array("0000123e".utf8))
        #expect(KeyFormat.index(of: key.bytes.span.bytes) == nil)
        key.set(1234)
        #expect(key.bytes == Array("00001234".utf8))
    }

    @Test("What is no number is the key of no entry", arguments: ["x", "1x", "-1", "99999999999999999999999", " 1"])
    func notKeys(text: String) {
        #expect(KeyFormat.index(of: Array(text.utf8).span.bytes) == nil)
    }

    @Test("Values have the size asked for and follow from entry, version and seed", arguments: [8, 9, 100, 1001])
    func values(size: Int) {
        let one = value(1, version: 1, size: size)
        #expect(one.count == size)
        #expect(ValueFormat.version(of: one.span.bytes) == 1)
        #expect(one == value(1, version: 1, size: size))
        #expect(one.dropFirst(4) != value(2, version: 1, size: size).dropFirst(4))
        #expect(one.dropFirst(4) != value(1, version: 2, size: size).dropFirst(4))
        #expect(one.dropFirst(4) != value(1, version: 1, size: size, seed: 2).dropFirst(4))
    }

    @Test("Half of a value repeats the other half")
    func compressible() {
        let content = value(5, version: 6, size: 104).dropFirst(4)
        #expect(content.prefix(50).elementsEqual(content.dropFirst(50)))
        #expect(Set(content.prefix(50)).count > 30)
    }

    @Test("A value that is older than what was acknowledged is wrong, a newer one is not")
    func versions() throws {
        let data = try dataSet()
        let reader = EntryReader(data)
        try reader.check(value(3, version: 5).span.bytes, of: 3, acknowledged: 5)
        try reader.check(value(3, version: 6).span.bytes, of: 3, acknowledged: 5)
        let error = try #require(throws: WrongAnswer.self) {
            try reader.check(value(3, version: 4).span.bytes, of: 3, acknowledged: 5)
        }
        #expect(error.description.contains("version 4") && error.description.contains("version 5"))
    }

    @Test("Every wrong byte of a value is noticed")
    func wrongBytes() throws {
        let reader = EntryReader(try dataSet())
        let right = value(3, version: 5)
        for offset in right.indices {
            var wrong = right
            wrong[offset] ^= 0x40
            #expect(throws: WrongAnswer.self) { try reader.check(wrong.span.bytes, of: 3, acknowledged: 0) }
        }
        for size in [0, 3, right.count - 1] {
            let short = Array(right.prefix(size))
            #expect(throws: WrongAnswer.self) { try reader.check(short.span.bytes, of: 3, acknowledged: 0) }
        }
    }

    @Test("A value matches what would be written, of whatever size, and nothing else")
    func matches() {
        for size in Array(8...45) + [99, 100, 101, 1000, 1001] {
            let format = ValueFormat(size: size, seed: 1)
            func matches(_ value: [UInt8], _ index: Int = 7, version: UInt32 = 3) -> Bool {
                format.matches(value.span.bytes, index, version: version)
            }
            let right = value(7, version: 3, size: size)
            #expect(matches(right))
            #expect(!matches(right, 8) && !matches(right, version: 4))
            for offset in right.indices {
                var wrong = right
                wrong[offset] ^= 1 << UInt8(offset % 8)
                #expect(!matches(wrong), "\(size), \(offset)")
            }
            #expect(!matches(Array(right.dropLast())) && !matches(right + [0]))
        }
    }

    @Test("Digits are those that a number has, in fields of any width")
    func digits() {
        var random = SplitMix64(seed: 3)
        for width in 1...24 {
            for _ in 0..<200 {
                let number = random.next() >> UInt64(random.next(below: 64))
                var field = [UInt8](repeating: 0xff, count: width)
                field.withUnsafeMutableBytes { Digits.store(number, into: $0) }
                let text = String(repeating: "0", count: width) + String(number)
                #expect(field == Array(text.utf8.suffix(width)))
            }
        }
    }

    @Test("A permutation has every number once, in an order that the seed decides", arguments: [1, 2, 3, 100, 4097])
    func permutation(count: Int) {
        let permutation = Permutation(count: count, seed: 1)
        let numbers = (0..<count).map { permutation[$0] }
        #expect(numbers.sorted() == Array(0..<count))
        guard count >= 100 else { return }
        let other = Permutation(count: count, seed: 2)
        #expect(numbers != (0..<count).map { other[$0] })
        // Neighbours in the order are about a third of the range apart, as in a random one.
        let distance = zip(numbers, numbers.dropFirst()).map { abs($0 - $1) }.reduce(0, +) / (count - 1)
        #expect((count / 4...count / 2).contains(distance))
    }

    @Test("The ledger knows what was acknowledged, of added entries too")
    func ledger() {
        let ledger = EntryLedger(count: 10, workers: 2)
        #expect((0..<20).allSatisfy { ledger.version(of: $0) == 0 })
        ledger.acknowledge(3, version: 7)
        #expect(ledger.version(of: 3) == 7)
        #expect(ledger.frontier == 10 && ledger.end == 10)

        #expect(ledger.nextAdded(by: 1) == 11)
        #expect(ledger.mayHold(11) && !ledger.mayHold(13))
        ledger.acknowledgeAdded(by: 1)
        #expect(ledger.nextAdded(by: 1) == 13)
        #expect(ledger.version(of: 11) == 1 && ledger.version(of: 10) == 0)
        // Worker 0 is behind: only what is before its entry is complete.
        #expect(ledger.frontier == 10 && ledger.end == 12)
        ledger.acknowledgeAdded(by: 0)
        #expect(ledger.frontier == 12)
    }

    private func value(_ index: Int, version: UInt32, size: Int = 100, seed: UInt64 = 1) -> [UInt8] {
        var value = Array("left over from before".utf8)
        ValueFormat(size: size, seed: seed).write(index, version: version, into: &value)
        return value
    }

    private func dataSet() throws -> DataSet {
        var options = RunOptions()
        options.keys = 100
        return try DataSet(options, valueSize: 100)
    }
}
