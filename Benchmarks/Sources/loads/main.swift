import Figures
import Foundation
import KVStore

// What brings much into an empty namespace soonest: entries of 16 + 100 bytes in random order by puts, by batches of 100, and by
// loads that sort in the process with little and with much memory. Prints entries a second until the last is in, and until the
// engine has nothing left to compact.

guard CommandLine.arguments.count >= 2 else {
    FileHandle.standardError.write(Data("usage: loads EMPTY-FOLDER [ENTRIES, 2000000 by default] [ROUNDS, 5]\n".utf8))
    exit(64)
}
let folder = CommandLine.arguments[1]
let total = CommandLine.arguments.count > 2 ? Int(CommandLine.arguments[2]) ?? 0 : 2_000_000
let rounds = CommandLine.arguments.count > 3 ? Int(CommandLine.arguments[3]) ?? 0 : 5
let value = [UInt8](repeating: 0x61, count: 100)

/// The entries of a load, made as they are asked for: a key is a number spread over all that eight bytes hold, in hexadecimal.
struct Entries: Sequence, IteratorProtocol {
    private var number = 0

    mutating func next() -> (key: [UInt8], value: [UInt8])? {
        guard number < total else { return nil }
        var rest = UInt64(number) &* 0x9E37_79B9_7F4A_7C15
        number += 1
        rest ^= rest >> 32
        var key = [UInt8](repeating: 0, count: 16)
        for index in key.indices.reversed() {
            key[index] = "0123456789abcdef".utf8.withContiguousStorageIfAvailable { $0[Int(rest & 15)] } ?? 0
            rest >>= 4
        }
        return (key, value)
    }
}

func putAll(_ space: Namespace) throws { for (key, value) in Entries() { try space.put(key, value) } }

func writeAll(_ space: Namespace) throws {
    var entries = Entries()
    var isAtEnd = false
    while !isAtEnd {
        try space.write { batch in
            for _ in 0..<100 {
                guard let (key, value) = entries.next() else {
                    isAtEnd = true
                    return
                }
                batch.put(key, value)
            }
        }
    }
}

func load(_ space: Namespace, _ memory: ByteCount) throws { try space.ingest(unsorted: Entries(), memory: memory) }

let ways: [(name: String, run: (Namespace) throws -> Void)] = [
    ("put", putAll), ("batches of 100", writeAll), ("ingest, 16 MiB", { try load($0, .mebibytes(16)) }),
    ("ingest, 256 MiB", { try load($0, .mebibytes(256)) }),
]
var figures: [String: [(loaded: Double, settled: Double)]] = [:]
let clock = ContinuousClock()
for round in 0..<rounds {
    for (name, run) in ways {
        let store = try Store.open(at: "\(folder)/\(round)-\(name)")
        let space = try store.createNamespace("test")
        let begin = clock.now
        try run(space)
        let loaded = clock.now - begin
        try space.compact()
        let settled = clock.now - begin
        figures[name, default: []].append(
            (Double(total) / (loaded / .seconds(1)), Double(total) / (settled / .seconds(1))))
        try store.close()
        try FileManager.default.removeItem(atPath: "\(folder)/\(round)-\(name)")
    }
}
let base = figures["put"] ?? []
for (name, _) in ways {
    let all = figures[name] ?? []
    let loaded = median(all.map(\.loaded)), settled = median(all.map(\.settled))
    let ratios = (
        median(zip(all, base).map { $0.loaded / $1.loaded }), median(zip(all, base).map { $0.settled / $1.settled })
    )
    print(
        name.padding(toLength: 16, withPad: " ", startingAt: 0),
        String(format: "%9.0f/s %5.2f of put; with compaction %9.0f/s %5.2f", loaded, ratios.0, settled, ratios.1))
}
