import Foundation
import KVStore
import SystemPackage
import Testing

/// What is done to a store before it is kept: every feature that leaves something on disk.
///
/// Changing it changes nothing of stores that are kept already, each of which has its own description.
struct KeptStoreScenario {
    static let clock = 1_700_000_000_000
    private let writer: KeptStoreWriter
    private var store: Store { writer.store }

    /// Makes `store`, closed; `killed`, the same as a crash would leave it; and `backups`, with two.
    static func make(in folder: FilePath, layout: Store.Layout) throws -> KeptDescription {
        var configuration = KeptStore.configuration(at: clock)
        configuration.layout = layout
        // What is small stays small in the archive.
        configuration.namespaceTuning.memtableSize = .kibibytes(64)
        configuration.metadataTuning.memtableSize = .kibibytes(64)
        return try withStore(at: folder.appending("store"), configuration) { store in
            let backups = folder.appending("backups")
            let scenario = KeptStoreScenario(writer: KeptStoreWriter(store, at: clock))
            var kept: [String: KeptContent] = [:]
            try scenario.begin()
            #expect(try store.backup(to: backups).number == 1)
            kept["1"] = scenario.writer.content
            try scenario.goOn()
            #expect(try store.backup(to: backups).number == 2)
            kept["2"] = scenario.writer.content
            try scenario.writeToLogs()
            try scenario.checkFiles()
            try scenario.writer.cutShort(creating: "half made", dropping: "half dropped")
            try store.sync()
            #expect(try eventually { try copyWhole(folder.appending("store"), to: folder.appending("killed")) })
            return KeptDescription(clock: clock, store: scenario.writer.content, backups: kept)
        }
    }

    /// Copies a folder that is in use, as a crash would leave it.
    ///
    /// - Returns: whether it is whole: none of its files came, went or grew meanwhile.
    private static func copyWhole(_ folder: FilePath, to copy: FilePath) throws -> Bool {
        try? copy.remove()
        let before = try listing(folder)
        do {
            try FileManager.default.copyItem(atPath: folder.string, toPath: copy.string)
        } catch {
            return false
        }
        return try listing(folder) == before
    }

    /// Namespaces of each kind, with one level of table files that are compacted.
    private func begin() throws {
        try createNamespaces()
        for number in 0..<30 { try writer.put("plain", Self.row(number), "value \(number)") }
        for (key, value) in Self.oddEntries { try writer.put("plain", key, value) }
        for number in 0..<20 { try writer.put("ranges", Self.row(number), "value \(number)") }
        try writer.deleteRange("ranges", Self.row(5), Self.row(8))
        for number in 0..<5 { try writer.put("expiring", Self.row(number), "lives for an hour") }
        for name in ["tuned", "retuned", "renamed later", "dropped", "half dropped"] {
            for number in 0..<5 { try writer.put(name, Self.row(number), "\(name) \(number)") }
        }
        try merge(round: 1)
        try writer.load("loaded", (0..<10).map { (Self.row($0), "loaded \($0)") })
        try writer.putMetadata("application/version", "1")
        try writer.putMetadata("application/binary", "\u{0}\u{FF}")
        try writer.flush(compacting: true)
    }

    /// More table files above those, and a catalog with a past.
    private func goOn() throws {
        for number in 10..<20 { try writer.put("plain", Self.row(number), "second value \(number)") }
        for number in 20..<25 { try writer.delete("plain", Self.row(number)) }
        try writer.deleteRange("ranges", Self.row(10), Self.row(15))
        try writer.put("ranges", Self.row(12), "put after the deletion")
        for number in 3..<8 { try writer.put("expiring", Self.row(number), "lives for an hour too") }
        try merge(round: 2)
        try writer.load("loaded", (5..<15).map { (Self.row($0), "loaded again \($0)") })
        try writer.rename("renamed later", to: "renamed")
        try writer.drop("dropped")
        // So many changes that the catalog has a table file.
        for owner in 0..<20 {
            try writer.setAttribute("owner", of: "tuned", to: String(repeating: "\(owner) ", count: 1200))
        }
        try writer.setAttribute("owner", of: "tuned", to: "somebody else")
        try writer.setAttribute("color", of: "renamed", to: "grün")
        var tuning = Tuning.namespace
        (tuning.compression, tuning.bottommostCompression) = (.lz4, .zstd)
        (tuning.memtableSize, tuning.walRetention) = (.kibibytes(128), .seconds(3600))
        try writer.setTuning(
            of: "retuned", tuning,
            ["compression": "lz4", "bottommostCompression": "zstd", "memtableSize": "131072", "walRetention": "3600"])
        try writer.put("retuned", "more", "with the new tuning")
        try writer.put("plain", "unlogged", "flushed later", durability: .unlogged)
        try writer.putMetadata("application/version", "2")
        try writer.flush(compacting: false)
    }

    /// What is in logs only.
    private func writeToLogs() throws {
        let plain = try store.namespace("plain")
        try writer.put("plain", "synced", "yes", durability: .synced)
        try writer.delete("plain", Self.row(0))
        try plain.update { update in
            let value = try update.get(Self.row(1)) ?? []
            update.put(Self.row(1), value + " updated".bytes)
        }
        writer.note("plain", Self.row(1).bytes, "value 1 updated".bytes)
        try plain.transaction { try $0.put(Self.row(2), "by a transaction") }
        writer.note("plain", Self.row(2).bytes, "by a transaction".bytes)
        var batch = StoreBatch()
        for name in ["plain", "renamed"] {
            let namespace = try store.namespace(name)
            batch.put("of a batch", name, in: namespace)
            writer.note(name, "of a batch".bytes, name.bytes)
            // Only what has its log in common commits together.
            if store.layout == .separateDatabases || name == "renamed" { try store.commit(batch) }
            if store.layout == .separateDatabases { batch = StoreBatch() }
        }
        try writer.deleteRange("ranges", Self.row(0), Self.row(2))
        try writer.put("expiring", "in the log", "lives for an hour")
        try merge(round: 3)
        try writer.putMetadata("application/version", "3")
    }

    private func createNamespaces() throws {
        for name in ["plain", "ranges", "loaded", "empty", "renamed later", "dropped", "half dropped"] {
            try writer.create(name)
        }
        try writer.create("expiring", NamespaceOptions(timeToLive: .seconds(3600)))
        for (name, merge) in Self.operators { try writer.create(name, NamespaceOptions(mergeOperator: merge)) }
        var tuning = Tuning.namespace
        (tuning.compression, tuning.bloomBitsPerKey, tuning.dataBlockHashIndex) = (.zstd, 0, false)
        (tuning.blockRestartInterval, tuning.memtableSize, tuning.maxOpenFiles) = (4, .kibibytes(64), nil)
        (tuning.level0SlowdownTrigger, tuning.durability) = (nil, .synced)
        try writer.create(
            "tuned", NamespaceOptions(attributes: ["owner": "somebody", "place": "\u{1F5C4} 7"], tuning: tuning),
            tuning: [
                "compression": "zstd", "bloomBitsPerKey": "0.0", "dataBlockHashIndex": "false",
                "blockRestartInterval": "4", "memtableSize": "65536", "maxOpenFiles": "nil",
                "level0SlowdownTrigger": "nil", "durability": "synced",
            ])
        tuning = .namespace
        (tuning.compression, tuning.memtableSize) = (.none, .kibibytes(64))
        try writer.create(
            "retuned", NamespaceOptions(tuning: tuning), tuning: ["compression": "none", "memtableSize": "65536"])
    }

    private static let operators: [(String, MergeOperator)] = [
        ("sums", .add64), ("least", .min), ("most", .max), ("joined", .append), ("members", .setUnion),
        ("longest", KeptStore.longest),
    ]

    private func merge(round: Int) throws {
        for number in 0..<4 {
            let (key, text) = (Self.row(number), "\(round * 7 % 5)/\(number)")
            try writer.merge("sums", key, KeptStoreWriter.bytes(of: Int64(number - 1) * 1000 + Int64(round)))
            for name in ["least", "most", "joined"] { try writer.merge(name, key, text.bytes) }
            try writer.merge("members", key, KeptStoreWriter.set(of: [text, "\(number)", "all"]))
            try writer.merge("longest", key, String(repeating: "x", count: round * 7 % 5 + number).bytes)
        }
        // A value that was put, with operands above it.
        try writer.put("sums", "put \(round)".bytes, KeptStoreWriter.bytes(of: 100))
        try writer.merge("sums", "put 1", KeptStoreWriter.bytes(of: .max))
        try writer.put("members", "none".bytes, [])
    }

    private static func row(_ number: Int) -> String { "row/\(number / 10)\(number % 10)" }

    private static let oddEntries: [([UInt8], [UInt8])] = [
        ([], "of the empty key".bytes), ("empty".bytes, []), ([0], [0]), ([0, 0], [0xFF]), ([0xFF, 0xFF], [0, 1]),
        (Array(0...255), Array((0...255).reversed())), (Array(repeating: 0x6B, count: 300), "of a long key".bytes),
        ("large".bytes, Array(repeating: 0x76, count: 3000)),
    ]

    /// There are table files on two levels, and commits that no table file has.
    private func checkFiles() throws {
        let plain = try store.namespace("plain")
        let files = try (0...6).map { try plain.property("rocksdb.num-files-at-level\($0)") }
        #expect(files[0] == "1" && files[1...].contains { $0 != "0" }, "\(files)")
        #expect(try plain.property("rocksdb.num-entries-active-mem-table") != "0")
        #expect(try store.path.appending("metadata").names().contains { $0.hasSuffix(".sst") })
    }
}
