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

    /// Makes a store whose only namespace has a level of four files, of which one is damaged.
    ///
    /// - Returns: the keys that can be seen, and the file.
    private func makeDamage(
        _ path: FilePath, _ place: Place, _ deletions: Deletions
    ) throws -> (keys: [String], file: FilePath) {
        let entries = Self.entriesOfAFile
        var numbers = Array(0..<(Self.filesOfALevel * entries))
        var files: [String] = []
        let database = path.database()
        try withOpenStore(path) { store in
            let namespace = try store.createNamespace("test")
            for file in 0..<Self.filesOfALevel {
                let part = (file * entries)..<((file + 1) * entries)
                try namespace.ingest(part.map { (key: key($0), value: String(repeating: "v", count: 100)) })
                // The engine writes each file anew, without the number that it was loaded with.
                let isSettled = try eventually {
                    let busy = ["compaction-pending", "num-running-compactions"]
                    guard try busy.allSatisfy({ try namespace.property("rocksdb.\($0)") == "0" }) else { return false }
                    files = try names(database).filter { $0.hasSuffix(".sst") }
                    return files.count == file + 1
                }
                #expect(isSettled, "\(files)")
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
        return (numbers.map(key), file)
    }

    /// Runs `body` with such a namespace.
    private func withDamage(
        _ place: Place, _ deletions: Deletions, _ body: (Namespace, [String], FilePath) throws -> Void
    ) throws {
        try withTemporaryFolder { folder in
            let (keys, file) = try makeDamage(folder, place, deletions)
            try withOpenStore(folder) { try body(try $0.namespace("test"), keys, file) }
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

    @Test("Forward, backward, by cursor, from a key on, by entries, of a snapshot", arguments: cases)
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

    @Test("An async loop, forward and backward, of a snapshot too", arguments: cases)
    func asyncLoops(_ place: Place, _ deletions: Deletions) async throws {
        if place == .secondFile, deletions == .most { return }
        try await withTemporaryFolder { folder in
            let (keys, file) = try makeDamage(folder, place, deletions)
            let store = try await Store.open(at: folder, configuration: .tiny)
            let namespace = try await store.namespace("test")
            let snapshot = try await namespace.snapshot()
            for readable in [namespace, snapshot] as [any Readable] {
                for isReversed in [false, true] {
                    let entries = readable.entries(reversed: isReversed)
                    var read: [String] = []
                    let error = await #expect(throws: StoreError.self) {
                        for try await entry in entries { read.append(String(decoding: entry.key, as: UTF8.self)) }
                    }
                    #expect(error?.code == .corruption)
                    #expect(error?.path == file)
                    #expect(read == Array((isReversed ? keys.reversed() : keys).prefix(read.count)))
                    // Asked again it says so again, rather than begin anew or end.
                    await #expect(throws: StoreError.self) { try await entries.next() }
                    await #expect(throws: StoreError.self) { for try await _ in entries {} }
                }
            }
            try await store.close()
        }
    }

    @Test(
        "The second reading of a transaction at its commit",
        arguments: Deletions.allCases.filter { $0 != .most })
    func commits(_ deletions: Deletions) throws {
        try withTemporaryFolder { folder in
            let (keys, file) = try makeDamage(folder, .firstBlock, deletions)
            // Whole again for the first reading.
            try damage(file, at: 30)
            var configuration = StoreConfiguration.tiny
            configuration.blockCache = .shared(.kibibytes(0))
            try withOpenStore(folder, configuration) { store in
                let namespace = try store.namespace("test")
                let error = expectCode(.corruption) {
                    try namespace.transaction { txn in
                        #expect(try txn.entries().collect().count == keys.count)
                        try txn.put("result", "written")
                        try namespace.put("key", "changed")
                        try damage(file, at: 30)
                    }
                }
                #expect(error?.path == file)
                #expect(try namespace.get("result") == nil)
            }
        }
    }

    @Test("Reading many keys, or one of the block", arguments: Deletions.allCases)
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
