internal import Foundation
internal import KVStore
internal import SystemPackage

/// A process that fills a namespace by puts and loads in turns, numbered from 1; and one that repairs the store and
/// reads what is left: `repaired <outcome> <how many are there> <whether they are the first>`, `bad <what>`, `done`.
package enum LoadedCommand {
    package static let count = 60

    package static func arguments(store: String, seed: UInt64) -> [String] {
        ["loaded", "--store", store, "--seed", "\(seed & 0xFFFF_FFFF)"]
    }

    package static func repairArguments(store: String, target: String) -> [String] {
        ["loaded-repair", "--store", store, "--target", target]
    }

    private static var plan: WriterPlan {
        var plan = WriterPlan()
        plan.layout = .separateDatabases
        return plan
    }

    private static func key(_ number: Int) -> String { "key \(10_000 + number)" }

    package static func run(_ arguments: Arguments) throws {
        var random = SeededRandom(seed: UInt64(try arguments.number("seed", default: 1)))
        let path = FilePath(try arguments.required("store"))
        let store = try Store.open(at: path, configuration: plan.configuration)
        let namespace = try store.createNamespace("loaded")
        for number in 1...count {
            if random.chance(oneIn: 4) {
                try namespace.ingest([(key: key(number), value: "value \(number)")])
            } else {
                try namespace.put(key(number), "value \(number)", durability: .synced)
            }
            if random.chance(oneIn: 12) { try namespace.flush() }
        }
        try store.close()
        ChildSetup.print("done")
    }

    package static func repair(_ arguments: Arguments) throws {
        let target = FilePath(try arguments.required("target"))
        do {
            let report = try Store.repair(
                at: FilePath(try arguments.required("store")), to: target, configuration: plan.configuration)
            let part = report.parts.first { $0.namespace == "loaded" }
            let outcome = part.map { "\($0.outcome)" } ?? "absent"
            guard part?.outcome != .lost, part != nil else {
                ChildSetup.print("repaired \(outcome) 0 false")
                return ChildSetup.print("done")
            }
            try read(outcome, target)
        } catch {
            ChildSetup.print("bad the repair or what it made: \(error)")
        }
        ChildSetup.print("done")
    }

    private static func read(_ outcome: String, _ path: FilePath) throws {
        let store = try Store.open(at: path, configuration: plan.configuration)
        let namespace = try store.namespace("loaded")
        let before = try namespace.entries().collect()
        // Nothing goes while somebody reads and what is there is compacted.
        let snapshot = try namespace.snapshot()
        try namespace.compact()
        let after = try namespace.entries().collect()
        let kept = try snapshot.entries().collect()
        if before != after || before != kept {
            ChildSetup.print("bad after a repair and a compaction, \(after.count) of \(before.count) entries are there")
        }
        let numbers = before.compactMap { Int(String(decoding: $0.key, as: UTF8.self).dropFirst(4)) }.map {
            $0 - 10_000
        }
        let isPrefix = numbers == Array(1..<(numbers.count + 1))
        for (number, entry) in zip(numbers, before) where entry.value != Array("value \(number)".utf8) {
            ChildSetup.print("bad entry \(number) has a wrong value")
        }
        ChildSetup.print("repaired \(outcome) \(numbers.count) \(isPrefix)")
        try store.close()
    }
}
