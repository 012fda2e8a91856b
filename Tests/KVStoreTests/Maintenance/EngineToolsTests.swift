import Foundation
import KVStore
import SystemPackage
import Testing

@Suite("The engine's own tools agree", .enabled(if: EngineTool.areInstalled, "this engine's tools are missing"))
struct EngineToolsTests {
    /// What a namespace was made for, and how its values stand on disk.
    enum Kind: CaseIterable {
        case plain, merging, expiring, rangesDeleted

        var options: NamespaceOptions {
            switch self {
            case .plain, .rangesDeleted: NamespaceOptions()
            case .merging: NamespaceOptions(mergeOperator: .add64)
            case .expiring: NamespaceOptions(timeToLive: .seconds(3600))
            }
        }

        /// What is behind each value: see docs/layouts.md.
        var trailer: [UInt8] {
            switch self {
            case .plain, .rangesDeleted: []
            case .merging: [0]
            case .expiring: withUnsafeBytes(of: UInt64((EngineToolsTests.now + 3600) * 1000).littleEndian) { Array($0) }
            }
        }
    }

    private static let now = 1_700_000_000

    @Test(
        "ldb lists the entries of each namespace as they are read, and sst_dump what its files hold",
        arguments: Kind.allCases)
    func entries(_ kind: Kind) throws {
        try withTemporaryFolder { folder in
            let expected = try fill(folder, kind)
            for (id, entries) in expected {
                #expect(try EngineTool.scan(folder.database(of: id), family: id) == entries.map(\.description))
            }
            // One database holds the files of both.
            let databases = Dictionary(grouping: expected) { folder.database(of: $0.id) }
            for (database, namespaces) in databases {
                let stored = try EngineTool.tableEntries(database)
                #expect(stored.map(\.line).sorted() == namespaces.flatMap { $0.entries.map(\.description) }.sorted())
                #expect(stored.allSatisfy { $0.type == 1 })
                try EngineTool.verify(database)
            }
        }
    }

    @Test("Before a compaction, the newest of what sst_dump lists for a key is what is read")
    func overwritten() throws {
        try withTemporaryFolder { folder in
            var configuration = StoreConfiguration.tiny
            configuration.namespaceTuning.level0CompactionTrigger = 100
            configuration.namespaceTuning.level0SlowdownTrigger = 100
            configuration.namespaceTuning.level0StopTrigger = 100
            let expected = try withOpenStore(folder, configuration) { store in
                let namespace = try store.createNamespace("test")
                for round in 0..<4 {
                    for number in stride(from: 0, to: 300, by: round + 1) {
                        try namespace.put("key/\(number)", "value \(number) of round \(round)")
                    }
                    for number in stride(from: round, to: 300, by: 7) { try namespace.delete("key/\(number)") }
                    try namespace.flush()
                }
                return try listed(namespace, .plain).map(\.description)
            }
            let versions = try EngineTool.tableEntries(folder.database())
            #expect(versions.count > expected.count)
            let newest = Dictionary(grouping: versions, by: \.key).values.compactMap {
                $0.max { $0.sequence < $1.sequence }
            }
            #expect(newest.filter { $0.type == 1 }.map(\.line).sorted() == expected.sorted())
        }
    }

    /// Makes a store with two namespaces of a kind that have keys in common, compacted.
    ///
    /// - Returns: what is read of each, as it is stored.
    private func fill(_ folder: FilePath, _ kind: Kind) throws -> [(id: UInt64, entries: [Listed])] {
        var configuration = StoreConfiguration.tiny
        let clock = Clock(Self.now - 4000)
        configuration.timeToLiveClock = { Timestamp(seconds: Int64(clock.seconds)) }
        return try withOpenStore(folder, configuration) { store in
            try ["one", "two"].map { name in
                let namespace = try store.createNamespace(name, options: kind.options)
                clock.seconds = Self.now - 4000
                try write(to: namespace, kind, beginning: true)
                try namespace.flush()
                // What came before is past now.
                clock.seconds = Self.now
                try write(to: namespace, kind, beginning: false)
                try namespace.put("name", kind == .merging ? MergeOperator.number(Int64(name.utf8.count)) : name.bytes)
                try namespace.flush()
                try namespace.compact()
                return (namespace.id, try listed(namespace, kind))
            }
        }
    }

    private func write(to namespace: Namespace, _ kind: Kind, beginning: Bool) throws {
        let numbers = beginning ? 0..<300 : 200..<400
        for number in numbers {
            if kind == .merging {
                try namespace.merge("key/\(number)", MergeOperator.number(Int64(number)))
            } else {
                try namespace.put("key/\(number)", "value \(number), \(beginning)")
            }
        }
        if kind != .merging { try namespace.put([0, 0xFF, 0x0A], [0x0A, 0]) }
        guard !beginning else { return }
        try namespace.delete("key/207")
        guard kind == .rangesDeleted else { return }
        try namespace.deleteRange(KeyRange("key/1"..<"key/2"))
        try namespace.put("key/15", "back")
        try namespace.flush()
        try namespace.deleteRange(KeyRange(from: "key/350"))
        try namespace.put("key/360", "back")
    }

    private func listed(_ namespace: Namespace, _ kind: Kind) throws -> [Listed] {
        let entries = try namespace.entries().collect()
        #expect(entries.count > 100)
        return entries.map { Listed(key: $0.key, value: $0.value + kind.trailer) }
    }

    /// An entry as the tools print it.
    struct Listed: CustomStringConvertible {
        let key: [UInt8]
        let value: [UInt8]

        var description: String { "0x\(hex(key)) : 0x\(hex(value))" }

        private func hex(_ bytes: [UInt8]) -> String { bytes.map { String(format: "%02X", $0) }.joined() }
    }

    private final class Clock: @unchecked Sendable {  // set between calls only
        var seconds: Int

        init(_ seconds: Int) { self.seconds = seconds }
    }
}
