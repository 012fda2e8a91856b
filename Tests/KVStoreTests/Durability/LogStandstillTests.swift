import Foundation
import KVStore
import SystemPackage
import Testing

@testable import KVStore

@Suite("A record of a kind that has no place in its file")
struct LogStandstillTests {
    // MARK: In stores

    /// A closed store with a hundred commits in the log of its namespace, and the path of that log.
    private func makeStore(in folder: FilePath) throws -> (store: FilePath, log: FilePath) {
        let path = folder.appending("store")
        try withStore(at: path) { (store) throws in
            let namespace = try store.createNamespace("test")
            for number in 0..<100 { try namespace.put("key/\(number)", String(repeating: "v", count: 1000)) }
        }
        return (path, try largestLog(path))
    }

    private func largestLog(_ path: FilePath) throws -> FilePath {
        let database = path.database()
        let logs = try database.names().filter { $0.hasSuffix(".log") }.map { database.appending($0) }
        return try #require(try logs.max { try size($0) < size($1) })
    }

    /// The places of the kinds of the records in the first block of a file.
    private func kinds(_ file: FilePath) throws -> [Int] {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file.string)).prefix(LogWalk.blockSize))
        var (places, start): ([Int], Int) = ([], 0)
        while bytes.count - start >= 7 {
            places.append(start + 6)
            start += 7 + Int(bytes[start + 4]) + Int(bytes[start + 5]) << 8
        }
        return places
    }

    private func overwrite(_ file: FilePath, at place: Int, _ bytes: [UInt8]) throws {
        let handle = try #require(FileHandle(forUpdatingAtPath: file.string))
        defer { try? handle.close() }
        try handle.seek(toOffset: UInt64(place))
        try handle.write(contentsOf: bytes)
    }

    @Test("One bit of it is taken back where the engine would not get past it, and is damage elsewhere")
    func oneBit() throws {
        try withTemporaryFolder { folder in
            let (path, log) = try makeStore(in: folder)
            try overwrite(log, at: try kinds(log)[9], [5])
            #expect(LogStandstill.find(in: log) == UInt64(try kinds(log)[9]))
            let store = try Store.open(at: path, configuration: .tiny)
            if EngineFeatures.standsStillAtLogDamage {
                for number in 0..<100 { #expect(try store.namespace("test").contains("key/\(number)")) }
            } else {
                expectError(.corruption) { try store.namespace("test").get("key/0") }
            }
            try store.close()
        }
    }

    @Test("With more than that wrong it is damage, and who accepts the loss goes on with what was before")
    func more() throws {
        try withTemporaryFolder { folder in
            let (path, log) = try makeStore(in: folder)
            try overwrite(log, at: try kinds(log)[9], [6, 0xFF])
            try withStore(at: path) { (store) throws in
                expectError(.corruption, "acceptsDataLoss") { try store.namespace("test").get("key/0") }
            }
            var accepting = StoreConfiguration.tiny
            accepting.acceptsDataLoss = true
            try withStore(at: path, accepting) { (store) throws in
                let namespace = try store.namespace("test")
                #expect(try namespace.contains("key/0"))
                #expect(try !namespace.contains("key/99"))
            }
        }
    }

    @Test("In a manifest it is damage")
    func manifest() throws {
        try withTemporaryFolder { folder in
            let (path, _) = try makeStore(in: folder)
            let manifest = path.database().appending(try #require(ManifestExtent.current(path.database())).name)
            try overwrite(manifest, at: try #require(try kinds(manifest).last), [5])
            let error = expectError(.corruption) {
                try withStore(at: path) { (store) throws in try store.namespace("test").get("key/0") }
            }
            #expect(error?.path != nil)
        }
    }

    @Test("A reader of the store is told of it")
    func reader() throws {
        try withTemporaryFolder { folder in
            let (path, log) = try makeStore(in: folder)
            try overwrite(log, at: try kinds(log)[9], [5])
            var reading = StoreConfiguration.tiny
            reading.access = .readOnly
            try withStore(at: path, reading) { (store) throws in
                expectError(.corruption) { try store.namespace("test").get("key/0") }
            }
            // Nothing was changed by that.
            #expect(LogStandstill.find(in: log) != nil)
        }
    }

    @Test("A verification of an open store tells of it")
    func verification() throws {
        try withTemporaryFolder { folder in
            try withStore(at: folder.appending("store")) { (store) throws in
                let namespace = try store.createNamespace("test")
                for number in 0..<100 { try namespace.put("key/\(number)", String(repeating: "v", count: 1000)) }
                let log = try largestLog(store.path)
                try overwrite(log, at: try kinds(log)[9], [5])
                expectError(.corruption) { try namespace.verify() }
            }
        }
    }

    @Test(
        "A reader of changes is told of it, in a log that is kept for readers",
        .enabled(if: EngineFeatures.standsStillAtLogDamage, "this engine takes it for the end of the log"))
    func archived() async throws {
        var retaining = StoreConfiguration.tiny
        retaining.namespaceTuning.walRetention = .seconds(3600)
        try await withTemporaryStore(retaining) { store, namespace in
            let start = try await namespace.latestSequence()
            for number in 0..<100 { try await namespace.put("key/\(number)", String(repeating: "v", count: 1000)) }
            try await namespace.flush()
            try await namespace.put("key", "in the next log")
            let archive = store.path.database().appending("archive")
            #expect(try eventually { try archive.names().contains { $0.hasSuffix(".log") } })
            let name = try #require(try archive.names().filter { $0.hasSuffix(".log") }.max())
            let log = archive.appending(name)
            try overwrite(log, at: try kinds(log)[9], [5])
            let error = await #expect(throws: StoreError.self) {
                for try await _ in namespace.changes(since: start) {}
            }
            #expect(error?.code == .corruption)
            #expect(error?.message.contains(name) == true)
            // Behind it nothing is wrong.
            let latest = try await namespace.latestSequence()
            for try await change in namespace.changes(since: latest - 1) {
                #expect(change.sequence == latest)
                break
            }
        }
    }

    @Test("A repair comes to its end", .only(.separateDatabases))
    func repair() throws {
        try withTemporaryFolder { folder in
            let (path, log) = try makeStore(in: folder)
            try overwrite(log, at: try kinds(log)[9], [5, 0xFF])
            let report = try Store.repair(at: path, to: folder.appending("repaired"), configuration: .tiny)
            #expect(report.parts.last?.outcome != .intact, "\(report)")
            try withStore(at: folder.appending("repaired")) { (store) throws in
                #expect(try store.namespace("test").contains("key/0"))
            }
        }
    }

    // MARK: Where the engine stands still

    /// A record as it is in a log.
    private func record(_ kind: UInt8, _ size: Int = 10, isWhole: Bool = true) -> [UInt8] {
        let body = [kind] + [UInt8](repeating: 7, count: size)
        let checksum = body.withUnsafeBytes { CRC32C.masked($0) } ^ (isWhole ? 0 : 1)
        return (0..<4).map { UInt8(truncatingIfNeeded: checksum >> (8 * $0)) }
            + [UInt8(truncatingIfNeeded: size), UInt8(size >> 8)] + body
    }

    /// Fills the rest of a block with a record that is whole, or with zeros.
    private func block(_ records: [UInt8]..., zeros: Bool = false) -> [UInt8] {
        let used = records.reduce([], +)
        let rest = LogWalk.blockSize - used.count
        return used + (zeros ? [UInt8](repeating: 0, count: rest) : record(3, rest - 7))
    }

    private func standstill(_ blocks: [UInt8]...) throws -> UInt64? {
        try withTemporaryFolder { folder in
            let file = folder.appending("000001.log")
            try Data(blocks.reduce([], +)).write(to: URL(fileURLWithPath: file.string))
            return LogStandstill.find(in: file)
        }
    }

    @Test("It does behind a record that was read, at each kind of a file that was in use before")
    func found() throws {
        for kind: UInt8 in [5, 6, 7, 8, 11, 131] {
            #expect(try standstill(record(1), record(1), record(kind, isWhole: false)) == 40)
        }
        for kind: UInt8 in [0, 1, 2, 3, 4, 9, 10, 12, 130, 255] {
            #expect(try standstill(record(1), record(1), record(kind, isWhole: false)) == nil)
        }
    }

    @Test("It does not before one was read, nor behind what ends the reading")
    func notReached() throws {
        // Taken for a file that was in use before.
        #expect(try standstill(record(5), record(5)) == nil)
        // Only a part of a record.
        #expect(try standstill(record(2), record(5)) == nil)
        // What is damaged has it go on in the next block.
        #expect(try standstill(record(1), record(1, isWhole: false), record(5)) == nil)
        // The next record that is whole has it stop.
        #expect(try standstill(block(record(1), record(1, isWhole: false)), record(1), record(5)) == nil)
        // Behind a record that the file is too short for.
        #expect(try standstill(record(1), Array(record(1, 1000).prefix(500))) == nil)
        #expect(try standstill([]) == nil)
    }

    @Test("It does in a later block, behind zeros and behind damage")
    func laterBlocks() throws {
        let start = UInt64(LogWalk.blockSize)
        #expect(try standstill(block(record(1), zeros: true), record(5)) == start + 6)
        #expect(try standstill(block(record(1), record(1, isWhole: false)), record(5)) == start + 6)
        #expect(try standstill(block(record(1), record(2)), record(4), record(5)) == start + 17 + 6)
        let tooLong = Array(record(1, 40_000).prefix(20))
        #expect(try standstill(block(record(1), tooLong, zeros: true), record(5)) == start + 6)
    }
}
