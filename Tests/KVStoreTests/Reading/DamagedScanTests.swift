import Foundation
import KVStore
import SystemPackage
import Testing

@Suite("A scan over a damaged block ends with an error that names the file, never early")
struct DamagedScanTests {
    /// Where the damaged byte is: in the first block of a later file of a level, or in the middle of one.
    enum Place: CaseIterable { case firstBlock, middle, secondFile }

    /// What was deleted by range before.
    enum Deletions: CaseIterable { case none, elsewhere, tailOfFileBefore, most }

    static let cases = Place.allCases.flatMap { place in Deletions.allCases.map { (place, $0) } }
    private static let filesOfALevel = 4
    private static let entriesOfAFile = 400

    private func key(_ number: Int) -> String { "key/\(100_000 + number)" }

    /// Runs `body` with a namespace, in a folder of its own, whose third file on the last level is damaged, and the keys that can be seen.
    private func withDamage(
        _ place: Place, _ deletions: Deletions, _ body: (Namespace, [String], FilePath) throws -> Void
    ) throws {
        try withTemporaryFolder { folder in
            let path = folder.appending("store")
            let entries = Self.entriesOfAFile
            var numbers = Array(0..<(Self.filesOfALevel * entries))
            var files: [String] = []
            let database = path.appending("namespaces").appending("1")
            try withOpenStore(path) { store in
                let namespace = try store.createNamespace("test")
                for file in 0..<Self.filesOfALevel {
                    let part = (file * entries)..<((file + 1) * entries)
                    try namespace.ingest(part.map { (key: key($0), value: String(repeating: "v", count: 100)) })
                    files.append(
                        try #require(try names(database).filter { $0.hasSuffix(".sst") && !files.contains($0) }.first))
                }
                let deleted: Range<Int>? =
                    switch deletions {
                    case .none: nil
                    case .elsewhere: numbers.count..<(numbers.count + 5)
                    case .tailOfFileBefore: (2 * entries - 20)..<(2 * entries)
                    case .most: 10..<(2 * entries)
                    }
                guard let deleted else { return }
                try namespace.deleteRange(KeyRange(key(deleted.lowerBound)..<key(deleted.upperBound)))
                numbers.removeAll(where: deleted.contains)
                try namespace.flush()
            }
            let file = database.appending(files[place == .secondFile ? 1 : 2])
            try damage(file, at: place == .middle ? try size(file) / 2 : 30)
            let store = try Store.open(at: path, configuration: .small)
            try body(try store.namespace("test"), numbers.map(key), file)
            try store.close()
        }
    }

    /// Expects the error, and before it a beginning of the keys.
    private func expectDamage(
        _ file: FilePath, _ keys: [String], _ scan: (inout [String]) throws -> Void,
        at location: SourceLocation = #_sourceLocation
    ) throws {
        var read: [String] = []
        do {
            try scan(&read)
            Issue.record("\(read.count) of \(keys.count) entries and no error", sourceLocation: location)
        } catch let error as StoreError {
            #expect(error.code == .corruption, "\(error)", sourceLocation: location)
            #expect(error.path == file, "\(error)", sourceLocation: location)
        }
        #expect(read == Array(keys.prefix(read.count)), "not a beginning", sourceLocation: location)
    }

    @Test(
        "Forward, backward, by cursor, from a key on, by entries, of a snapshot", .only(.separateDatabases),
        arguments: cases)
    func scans(_ place: Place, _ deletions: Deletions) throws {
        // The damaged file is hidden whole: nothing of it is to be read.
        if place == .secondFile, deletions == .most { return }
        try withDamage(place, deletions) { (namespace, keys, file) throws in
            let snapshot = try namespace.snapshot()
            for readable in [namespace, snapshot] as [any Readable] {
                try expectDamage(file, keys) { read in
                    try readable.entries().forEach { read.append(String(decoding: $0.key, as: UTF8.self)) }
                }
                try expectDamage(file, keys.reversed()) { read in
                    try readable.entries(reversed: true).forEach {
                        read.append(String(decoding: $0.key, as: UTF8.self))
                    }
                }
                try expectDamage(file, keys) { read in
                    var cursor = try readable.cursor(.all)
                    while try cursor.next() { read.append(String(cursor.key)) }
                }
                let start = 5
                try expectDamage(file, Array(keys.dropFirst(start))) { read in
                    var cursor = try readable.cursor(.all)
                    guard try cursor.seek(to: keys[start]) else { return }
                    repeat { read.append(String(cursor.key)) } while try cursor.next()
                }
            }
        }
    }

    @Test("Reading many keys, or one of the block", .only(.separateDatabases), arguments: Deletions.allCases)
    func points(_ deletions: Deletions) throws {
        try withDamage(.firstBlock, deletions) { (namespace, keys, file) throws in
            let inBlock = key(2 * Self.entriesOfAFile)
            for body in [
                { _ = try namespace.getMany(keys) }, { _ = try namespace.get(inBlock) },
                { _ = try namespace.contains(inBlock) }, { _ = try namespace.withValue(for: inBlock) { $0.byteCount } },
            ] {
                let error = expectCode(.corruption, body)
                #expect(error?.path == file)
            }
            #expect(try namespace.get(keys[0]) != nil)
        }
    }
}
