import Foundation
import KVStore
import Testing

@Suite("Within a snapshot, a transaction or a cursor the clock stands still")
struct ExpiryWithinOneViewTests {
    enum Place: CaseIterable { case memtable, file, besideRangeDeletions }

    private func put(_ namespace: Namespace, _ place: Place) throws {
        if place == .besideRangeDeletions { try namespace.deleteRange(.prefix("x")) }
        for key in ["a", "b", "c"] { try namespace.put(key, "value of \(key)") }
        if place != .memtable { try namespace.flush() }
    }

    private func expectAll(_ view: some Readable, _ moment: String) throws {
        let (a, b) = ("value of a".bytes, "value of b".bytes)
        #expect(try view.get("a") == a, "\(moment)")
        #expect(try view.contains("b"), "\(moment)")
        #expect(try view.withValue(for: "b") { $0.byteCount } == b.count, "\(moment)")
        #expect(try view.getMany(["a", "b", "none"]) == [a, b, nil], "\(moment)")
        #expect(try view.entries().collect().map(\.key) == ["a".bytes, "b".bytes, "c".bytes], "\(moment)")
        #expect(try view.entries(reversed: true).collect().count == 3, "\(moment)")
        var cursor = try view.cursor()
        #expect(try cursor.seek(to: "b"), "\(moment)")
        #expect(String(cursor.key) == "b", "\(moment)")
        #expect(try cursor.seek(backTo: "bb"), "\(moment)")
        #expect(String(cursor.key) == "b", "\(moment)")
    }

    @Test(
        "What a snapshot shows it shows for good, whatever expires, is flushed and is compacted",
        arguments: Place.allCases)
    func snapshot(_ place: Place) throws {
        try withExpiringNamespace { _, namespace, clock in
            try put(namespace, place)
            let snapshot = try namespace.snapshot()
            try expectAll(snapshot, "at once")
            clock.advance(61)
            try expectAll(snapshot, "when all has expired")
            #expect(try namespace.entries().collect().isEmpty)
            try namespace.put("d", "later")
            try namespace.flush()
            try namespace.compact()
            try expectAll(snapshot, "after a compaction")
            #expect(try namespace.entries().collect().map(\.key) == ["d".bytes])
            // One of now shows what is there now, and the first one goes on.
            let second = try namespace.snapshot()
            clock.advance(61)
            try namespace.compact()
            try expectAll(snapshot, "after another")
            #expect(try second.entries().collect().map(\.key) == ["d".bytes])
            #expect(try namespace.entries().collect().isEmpty)
        }
    }

    @Test("Once no snapshot shows them, expired entries are reclaimed")
    func reclaimed() throws {
        try withExpiringNamespace { _, namespace, clock in
            for number in 0..<100 { try namespace.put("\(number)", "value") }
            var snapshots = [try namespace.snapshot(), try namespace.snapshot()]
            clock.advance(30)
            for number in 100..<150 { try namespace.put("\(number)", "value") }
            try namespace.flush()
            clock.advance(31)
            let later = try namespace.snapshot()
            try namespace.compact()
            #expect(try namespace.approximateCount() == 150)
            for _ in 0..<2 {
                let snapshot = snapshots.removeLast()
                #expect(try snapshot.entries().collect().count == 100)
            }
            try namespace.put("x", "value")
            try namespace.flush()
            try namespace.compact()
            #expect(try namespace.approximateCount() == 51)
            #expect(try later.entries().collect().count == 50)
        }
    }

    @Test("A cursor that was made before an entry expired still comes to it")
    func cursor() throws {
        try withExpiringNamespace { _, namespace, clock in
            for key in ["a", "b", "c"] { try namespace.put(key, "1") }
            var cursor = try namespace.cursor()
            #expect(try cursor.next())
            let entries = namespace.entries()
            #expect(try entries.next() != nil)
            clock.advance(61)
            #expect(try cursor.next())
            #expect(String(cursor.key) == "b")
            #expect(try entries.collect().count == 2)
            #expect(try namespace.entries().next() == nil)
        }
    }

    @Test("A transaction reads as of its start, and runs again when what it read has expired before its commit")
    func transaction() throws {
        try withExpiringNamespace { _, namespace, clock in
            enum Way: CaseIterable { case get, getMany, pinned, scan, reverse, besideOthers }
            for way in Way.allCases {
                try namespace.put("a", "1")
                clock.advance(30)
                try namespace.put("b", "1")
                var attempts = 0
                try namespace.transaction { transaction in
                    attempts += 1
                    func count() throws -> Int {
                        switch way {
                        case .get, .besideOthers: try transaction.get("a") == nil ? 0 : 1
                        case .getMany: try transaction.getMany(["a", "b"]).compactMap(\.self).count
                        case .pinned: try transaction.contains("a") ? 1 : 0
                        case .scan: try transaction.entries().collect().count
                        case .reverse: try transaction.entries(reversed: true).collect().count
                        }
                    }
                    let before = try count()
                    if attempts == 1 { clock.advance(31) }
                    if attempts == 1, way == .besideOthers { try namespace.put("other", "1") }
                    #expect(try count() == before, "\(way)")
                    try transaction.put("count", "\(before)")
                }
                #expect(attempts == 2, "\(way)")
                let left = way == .getMany || way == .scan || way == .reverse ? 1 : 0
                #expect(try namespace.get("count") == "\(left)".bytes, "\(way)")
                clock.advance(100)
            }
        }
    }

    @Test("What is hidden at the start and at the commit is no conflict, whether or not it was compacted between")
    func noConflicts() throws {
        try withExpiringNamespace { _, namespace, clock in
            try namespace.put("a", "1")
            try namespace.flush()
            clock.advance(61)
            var attempts = 0
            try namespace.transaction { transaction in
                attempts += 1
                let (value, entries) = (try transaction.get("a"), try transaction.entries().collect())
                #expect(value == nil && entries.isEmpty)
                try namespace.compact()
                try namespace.put("elsewhere", "1")
                try namespace.delete("elsewhere")
                try transaction.put("b", "1")
            }
            #expect(attempts == 1)
            // Written and not read: nothing of it can be stale.
            attempts = 0
            try namespace.transaction { transaction in
                attempts += 1
                clock.advance(61)
                try transaction.put("b", "2")
            }
            #expect(attempts == 1)
            #expect(try namespace.get("b") == "2".bytes)
            // Read only: it was true at its start.
            try namespace.transaction { transaction in
                attempts += 1
                let before = try transaction.get("b")
                clock.advance(61)
                let after = try transaction.get("b")
                #expect(before == "2".bytes && after == before)
            }
            #expect(attempts == 2)
        }
    }

    @Test("An update, whose reads are each of their moment, sees an entry expire")
    func update() throws {
        try withExpiringNamespace { _, namespace, clock in
            try namespace.put("a", "1")
            let (before, after) = try namespace.update { update in
                let before = try update.get("a")
                clock.advance(60)
                return (before, try update.get("a"))
            }
            #expect(before != nil && after == nil)
        }
    }

    @Test("Random writes, snapshots, compactions and a clock that moves: each snapshot shows its moment")
    func random() throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("expiry within snapshots: seed \(seed)")
        var random = SeededRandom(seed: seed)
        try withExpiringNamespace { store, namespace, clock in
            struct Version { let value: [UInt8], expiry: Timestamp }
            // Another namespace of the same kind, whose snapshots must not matter.
            let other = try store.createNamespace("o", options: NamespaceOptions(timeToLive: .seconds(60)))
            var model: [String: Version] = [:]
            var snapshots: [(Snapshot, [[UInt8]])] = []
            func shown() -> [[UInt8]] {
                model.filter { $0.value.expiry > clock.now }.sorted { $0.key < $1.key }.map {
                    $0.key.bytes + $0.value.value
                }
            }
            func content(_ view: some Readable) throws -> [[UInt8]] {
                try view.entries().collect().map { $0.key + $0.value }
            }
            for step in 0..<2000 {
                let key = "k\(Int.random(in: 10..<40, using: &random))"
                switch Int.random(in: 0..<20, using: &random) {
                case 0..<9:
                    let value = "\(step)".bytes
                    try namespace.put(key, value)
                    model[key] = Version(value: value, expiry: clock.now + .seconds(60))
                case 9:
                    try namespace.delete(key)
                    model[key] = nil
                case 10..<13: clock.advance(Double(Int.random(in: 1...20, using: &random)))
                case 13: try namespace.flush()
                case 14: if Bool.random(using: &random) { try namespace.compact() }
                case 15: snapshots.append((try namespace.snapshot(), shown()))
                case 16: if !snapshots.isEmpty { snapshots.remove(at: .random(in: snapshots.indices, using: &random)) }
                case 17: try other.put(key, "other")
                default:
                    if let (snapshot, expected) = snapshots.randomElement(using: &random) {
                        #expect(try content(snapshot) == expected, "seed \(seed), step \(step)")
                    }
                    #expect(try content(namespace) == shown(), "seed \(seed), step \(step)")
                }
            }
        }
    }
}
