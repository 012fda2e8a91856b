import KVStore
import Testing

@Suite("Merging costs in proportion to what is merged")
struct MergeCostTests {
    enum Place: CaseIterable { case memtable, file, compacted }

    private func move(_ namespace: Namespace, to place: Place) throws {
        if place != .memtable { try namespace.flush() }
        if place == .compacted { try namespace.compact() }
    }

    /// Made pair by pair, each of these takes minutes for a read.
    @Test("Many small operands of the built-in operators", .timeLimit(.minutes(3)), arguments: Place.allCases)
    func builtIn(_ place: Place) throws {
        try withTemporaryStore { store, _ in
            let count = 20_000
            func name(_ number: Int) -> [UInt8] { "element \(number * 7919 % count)".bytes }
            let sets = try store.createNamespace("sets", options: NamespaceOptions(mergeOperator: .setUnion))
            let texts = try store.createNamespace("texts", options: NamespaceOptions(mergeOperator: .append))
            for start in stride(from: 0, to: count, by: 1000) {
                try sets.write { batch in
                    for number in start..<(start + 1000) { batch.merge("key", MergeOperator.set(of: [name(number)])) }
                }
                try texts.write { batch in
                    for number in start..<(start + 1000) { batch.merge("key", name(number)) }
                }
                // So that a flush and a compaction have parts of it, and a snapshot keeps them apart.
                if start == count / 2, place == .compacted {
                    let snapshots = (try sets.snapshot(), try texts.snapshot())
                    try move(sets, to: place)
                    try move(texts, to: place)
                    withExtendedLifetime(snapshots) {}
                }
            }
            try move(sets, to: place)
            try move(texts, to: place)
            let elements = try sets.get("key").flatMap { MergeOperator.elements(ofSet: $0) }
            #expect(elements == (0..<count).map(name).sorted { $0.lexicographicallyPrecedes($1) })
            #expect(try texts.get("key") == (0..<count).flatMap(name))
        }
    }

    @Test("An operator of one's own that makes one of two copies each byte a few times, and keeps the order")
    func ownOperator() throws {
        let (calls, bytes) = (Tally(), Tally())
        let join = MergeOperator("join") { earlier, later in
            calls.add(1)
            bytes.add(earlier.byteCount + later.byteCount)
            return Array(earlier) + Array(later)
        }
        var configuration = StoreConfiguration.tiny
        configuration.mergeOperators = [join]
        try withTemporaryStore(configuration) { store, _ in
            let texts = try store.createNamespace("texts", options: NamespaceOptions(mergeOperator: join))
            for start in [0, 1_000_000] {
                // Once with nothing before, once over a large value.
                let base = [UInt8](repeating: 1, count: start)
                if start > 0 { try texts.put("key", base) }
                let count = 10_000
                try texts.write { batch in
                    for number in 0..<count { batch.merge("key", [UInt8](repeating: UInt8(number & 0xFF), count: 4)) }
                }
                calls.reset()
                bytes.reset()
                let value = try #require(try texts.get("key"))
                #expect(value == base + (0..<count).flatMap { [UInt8](repeating: UInt8($0 & 0xFF), count: 4) })
                let total = value.count
                print("10,000 operands, \(total) bytes: \(calls.value) calls with \(bytes.value) bytes")
                #expect(calls.value <= 2 * count)
                #expect(bytes.value <= 20 * total)
            }
        }
    }
}
