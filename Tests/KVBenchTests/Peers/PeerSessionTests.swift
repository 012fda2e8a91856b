import KVStore
import SystemPackage
import Testing

@testable import KVBench

@Suite("Sessions of every engine")
struct PeerSessionTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test(
        "Read what was written last, and nothing that was deleted or is in another keyspace", arguments: Peer.installed)
    func readAndWrite(peer: Peer) throws {
        try with(peer, keyspaces: 2) { session in
            for key in ["a", "b"] { try session.put(key, "first \(key)") }
            try session.put("a", "second")
            try session.put("a", "elsewhere", in: 1)
            #expect(try session.value("a") == "second")
            #expect(try session.value("a", in: 1) == "elsewhere")
            try session.delete("a")
            try session.delete("never written")
            #expect(try session.value("a") == nil)
            #expect(try session.value("a", in: 1) == "elsewhere")
            #expect(try session.value("b") == "first b")
            try session.put("empty", "")
            #expect(try session.value("empty") == "")
        }
    }

    @Test("Scan in the order of bytes, as far as they are told", arguments: Peer.installed)
    func scans(peer: Peer) throws {
        try with(peer) { session in
            let keys: [[UInt8]] = [
                [0], [0, 1], [1], [0x61], [0x61, 0], [0x61, 0xff], [0x61, 0xff, 1], [0x62], [0xff],
            ]
            for key in keys.reversed() { try session.put(key.span.bytes, key.span.bytes, in: 0) }
            #expect(try session.keys(from: [0]) == keys)
            #expect(try session.keys(from: [0x61]) == Array(keys[3...]))
            #expect(try session.keys(from: [0x61], limit: 2) == Array(keys[3..<5]))
            #expect(try session.keys(from: [0xff, 1]) == [])
            #expect(try session.keys(prefix: [0x61]) == Array(keys[3..<7]))
            #expect(try session.keys(prefix: [0x61, 0xff]) == Array(keys[5..<7]))
            #expect(try session.keys(prefix: [0xff]) == [[0xff]])
            #expect(try session.keys(prefix: [0x61], limit: 1) == [[0x61]])
        }
    }

    @Test("Write a batch as a whole, of a key that comes twice the last value", arguments: Peer.installed)
    func batches(peer: Peer) throws {
        try with(peer) { session in
            var batch = Entries(entries: [("x", "1"), ("y", "1"), ("x", "2")])
            try session.commit(&batch, in: 0)
            #expect(try session.value("x") == "2")
            #expect(try session.value("y") == "1")
            var failing = Entries(entries: [("x", "3"), ("z", "3")], fails: true)
            #expect(throws: Refusal.self) { try session.commit(&failing, in: 0) }
            #expect(try session.value("x") == "2")
            #expect(try session.value("z") == nil)
            batch = Entries(entries: [("z", "4")])
            try session.commit(&batch, in: 0)
            #expect(try session.value("z") == "4")
        }
    }

    @Test("Show an update what it has written itself, and leave nothing of one that fails", arguments: Peer.installed)
    func updates(peer: Peer) throws {
        try with(peer, keyspaces: 2) { session in
            for keyspace in 0..<2 {
                var update = Increment(key: "n")
                try session.run(&update, in: keyspace)
                #expect(update.seen == [nil, "1", nil])
                try session.run(&update, in: keyspace)
                #expect(update.seen == ["1", "2", nil])
                update.fails = true
                #expect(throws: Refusal.self) { try session.run(&update, in: keyspace) }
                #expect(try session.value("n", in: keyspace) == "2")
                update.fails = false
                try session.run(&update, in: keyspace)
                #expect(try session.value("n", in: keyspace) == "3")
            }
        }
    }

    @Test("Go on after a caller has given up in the middle", arguments: Peer.installed)
    func givingUp(peer: Peer) throws {
        try with(peer) { session in
            for key in ["a", "b", "c"] { try session.put(key, key) }
            let first = Array("a".utf8)
            for _ in 0..<3 {
                #expect(throws: Refusal.self) {
                    try session.scan(from: first.span.bytes, limit: 2, in: 0) { _, _ in throw Refusal() }
                }
                #expect(throws: Refusal.self) {
                    try session.scan(from: first.span.bytes, limit: .max, in: 0) { _, _ in throw Refusal() }
                }
                #expect(throws: Refusal.self) { try session.read(first.span.bytes, in: 0) { _ in throw Refusal() } }
            }
            #expect(try session.keys(from: [0x61]).count == 3)
            #expect(try session.value("a") == "a")
        }
    }

    @Test("Scan more than fits a page, and settle", arguments: Peer.installed)
    func long(peer: Peer) throws {
        try with(peer) { session in
            let count = 12_345
            var batch = Entries(entries: (0..<count).map { ("key \($0 + 100_000)", "\($0)") })
            try session.commit(&batch, in: 0)
            try session.settle()
            let keys = try session.keys(prefix: Array("key".utf8))
            #expect(keys.count == count)
            #expect(keys == keys.sorted { $0.lexicographicallyPrecedes($1) })
        }
    }

    @Test("Say what they run with, and no more than they know", arguments: Peer.installed)
    func settings(peer: Peer) throws {
        let engine = try peer.open(in: folder.path)
        #expect(!engine.effectiveSettings.isEmpty)
        #expect(engine.effectiveSettings.values.allSatisfy { !$0.isEmpty })
        #expect(engine.build.version.contains("."))
        #expect(engine.durability == .buffered)
        try engine.close()
    }

    private func with(_ peer: Peer, keyspaces: Int = 1, _ body: (any BenchSession) throws -> Void) throws {
        let engine = try peer.open(in: folder.path, keyspaces: keyspaces)
        do {
            try body(engine.makeSession())
        } catch {
            try? engine.close()
            throw error
        }
        try engine.close()
    }
}

private struct Refusal: Error {}

/// A batch of texts.
private struct Entries: BenchBatch {
    var entries: [(String, String)]
    var fails = false

    mutating func write(to writer: inout some BenchWriter & ~Copyable) throws {
        for (key, value) in entries {
            let (key, value) = (Array(key.utf8), Array(value.utf8))
            try writer.put(key.span.bytes, value.span.bytes)
        }
        if fails { throw Refusal() }
    }
}

/// Reads a number, writes the next, reads it again, and looks for one that is not there.
private struct Increment: BenchUpdate {
    let key: String
    var fails = false
    var seen: [String?] = []

    mutating func run(in transaction: inout some BenchTransaction & ~Copyable) throws {
        seen = []
        let number = try look(key, &transaction).flatMap { Int($0) } ?? 0
        let (key, value) = (Array(key.utf8), Array("\(number + 1)".utf8))
        try transaction.put(key.span.bytes, value.span.bytes)
        _ = try look(self.key, &transaction)
        _ = try look("absent", &transaction)
        if fails { throw Refusal() }
    }

    private mutating func look(
        _ key: String, _ transaction: inout some BenchTransaction & ~Copyable
    ) throws -> String? {
        let key = Array(key.utf8)
        var found: String?
        _ = try transaction.read(key.span.bytes) { found = String(copying: $0) }
        seen.append(found)
        return found
    }
}

extension BenchSession {
    fileprivate func put(_ key: String, _ value: String, in keyspace: Int = 0) throws {
        let (key, value) = (Array(key.utf8), Array(value.utf8))
        try put(key.span.bytes, value.span.bytes, in: keyspace)
    }

    fileprivate func delete(_ key: String) throws {
        let key = Array(key.utf8)
        try delete(key.span.bytes, in: 0)
    }

    fileprivate func value(_ key: String, in keyspace: Int = 0) throws -> String? {
        let key = Array(key.utf8)
        var value: String?
        let found = try read(key.span.bytes, in: keyspace) { value = String(copying: $0) }
        #expect(found == (value != nil))
        return value
    }

    fileprivate func keys(from key: [UInt8], limit: Int = .max) throws -> [[UInt8]] {
        var keys: [[UInt8]] = []
        try scan(from: key.span.bytes, limit: limit, in: 0) { key, _ in keys.append([UInt8](key)) }
        return keys
    }

    fileprivate func keys(prefix: [UInt8], limit: Int = .max) throws -> [[UInt8]] {
        var keys: [[UInt8]] = []
        try scan(prefix: prefix.span.bytes, limit: limit, in: 0) { key, _ in keys.append([UInt8](key)) }
        return keys
    }
}
