import Foundation
import SystemPackage
import Testing

@testable import KVStore

/// A copy of the files of a store that is open is what a kill leaves.
@Suite("A process that ends while commits gather")
struct CommitBufferRecoveryTests {
    private static func configuration(_ size: ByteCount? = .mebibytes(1)) -> StoreConfiguration {
        CommitBufferTests.configuration(size)
    }

    /// Calls `body` with the folder of a copy of a store in which a hundred commits gather, and that of its database.
    private func withLeftStore(
        _ body: (_ store: FilePath, _ database: FilePath) throws -> Void
    ) throws {
        try withTemporaryFolder { folder in
            let copy = folder.appending("copy")
            var database = FilePath("")
            let path = folder.appending("store")
            try withStore(at: path, Self.configuration()) { store in
                let namespace = try store.createNamespace("test")
                try namespace.put("before", "value", durability: .synced)
                for number in 0..<100 { try namespace.put("key \(99 - number)", "\(number)") }
                #expect(namespace.isGathering)
                try FileManager.default.copyItem(atPath: path.string, toPath: copy.string)
                let open = try #require(namespace.slot.columnFamily?.database.path)
                database = FilePath(open.replacing(path.string, with: copy.string))
            }
            try body(copy, database)
        }
    }

    /// How many of the hundred commits are there, which have to be the first ones.
    private func found(_ path: FilePath, _ size: ByteCount? = .mebibytes(1)) throws -> Int {
        try withStore(at: path, Self.configuration(size)) { store in
            let namespace = try store.namespace("test")
            #expect(try namespace.get("before") == "value".bytes)
            let found = (0..<100).filter { (try? namespace.get("key \(99 - $0)")) == "\($0)".bytes }
            #expect(found == Array(0..<found.count))
            #expect(try namespace.entries().collect().count == found.count + 1)
            return found.count
        }
    }

    private func changeFile(_ database: FilePath, _ change: (inout Data) -> Void) throws {
        let path = database.appending(CommitBufferFile.name)
        var data = try Data(contentsOf: URL(fileURLWithPath: path.string))
        change(&data)
        try data.write(to: URL(fileURLWithPath: path.string))
    }

    @Test(
        "All of them are there at the next opening, whatever that is told of a buffer",
        arguments: [ByteCount.mebibytes(1), nil])
    func killed(_ size: ByteCount?) throws {
        try withLeftStore { path, database in
            for _ in 0..<2 {
                let count = try found(path, size)
                #expect(count == 100)
            }
            // Without a buffer, the file goes.
            #expect(StoreFiles.exists(database.appending(CommitBufferFile.name)) == (size != nil))
        }
    }

    @Test("Of a file that is damaged, those before the damage are there")
    func damaged() throws {
        try withLeftStore { path, database in
            var number = 0
            try changeFile(database) { data in
                // In the value of one of them.
                guard let place = data.range(of: Data("key 59".utf8)) else { return }
                data[place.upperBound + 1] ^= 1
                number = 40
            }
            #expect(try found(path) == number)
        }
    }

    enum Damage {
        case byte(Int), end(Int), more, noMeaning

        func happen(to data: inout Data) {
            switch self {
            case .byte(let place): data[place] ^= 4
            case .end(let size): data = data.prefix(size)
            case .more: data.append(0)
            case .noMeaning: data = Data((0..<100_000).map { _ in UInt8.random(in: 0...255) })
            }
        }
    }

    @Test(
        "Of a file that cannot be read, it is said, and nothing is lost",
        arguments: [0, 1, 8, 15, 16, 24, 32, 40, 47].map(Damage.byte) + [1, 100, 4095, 4096, 5000].map(Damage.end)
            + [.more, .noMeaning])
    func refused(_ damage: Damage) throws {
        try withLeftStore { path, database in
            var whole = Data()
            try changeFile(database) {
                whole = $0
                damage.happen(to: &$0)
            }
            expectError(.corruption, "COMMITS") { _ = try found(path) }
            try changeFile(database) { $0 = whole }
            let count = try found(path)
            #expect(count == 100)
        }
    }

    @Test("Nor when the name of its database was lost or is another", arguments: ["another", nil])
    func foreign(_ name: String?) throws {
        try withLeftStore { path, database in
            let identity = database.appending("IDENTITY").string
            try FileManager.default.moveItem(atPath: identity, toPath: identity + ".aside")
            if let name { try Data(name.utf8).write(to: URL(fileURLWithPath: identity)) }
            expectError(.corruption, "COMMITS") { _ = try found(path) }
            try FileManager.default.removeItem(atPath: identity)
            try FileManager.default.moveItem(atPath: identity + ".aside", toPath: identity)
            #expect(try found(path) == 100)
            // Of what the database has, nothing is to be lost.
            try Data("another".utf8).write(to: URL(fileURLWithPath: identity))
            #expect(try found(path) == 100)
        }
    }

    @Test("Of one that is empty, or was not finished, there is nothing", arguments: [0, 100, 4096, 100_000])
    func empty(_ size: Int) throws {
        try withLeftStore { path, database in
            try changeFile(database) { $0 = Data(count: size) }
            #expect(try found(path) == 0)
        }
    }

    @Test("When a store has closed, no harm to it does any")
    func closed() throws {
        try withTemporaryFolder { folder in
            let path = folder.appending("store")
            var database = FilePath("")
            try withStore(at: path, Self.configuration()) { store in
                let namespace = try store.createNamespace("test")
                try namespace.put("before", "value")
                for number in 0..<100 { try namespace.put("key \(99 - number)", "\(number)") }
                database = FilePath(try #require(namespace.slot.columnFamily?.database.path))
            }
            try changeFile(database) { $0[20_000] ^= 1 }
            #expect(try found(path) == 100)
            try Data("another".utf8).write(to: URL(fileURLWithPath: database.appending("IDENTITY").string))
            #expect(try found(path) == 100)
        }
    }

    @Test("A file of earlier, put back, brings nothing back")
    func stale() throws {
        try withLeftStore { path, database in
            let file = database.appending(CommitBufferFile.name)
            let data = try Data(contentsOf: URL(fileURLWithPath: file.string))
            #expect(try found(path) == 100)
            try withStore(at: path, Self.configuration()) { store in
                let namespace = try store.namespace("test")
                for number in 0..<100 { try namespace.delete("key \(number)") }
                #expect(namespace.isGathering)
            }
            try data.write(to: URL(fileURLWithPath: file.string))
            #expect(try found(path) == 0)
        }
    }

    @Test("After a log that lost its end, as by a power cut, nothing follows that was committed after it")
    func gap() throws {
        try withTemporaryFolder { folder in
            let (path, copy) = (folder.appending("store"), folder.appending("copy"))
            try withStore(at: path, Self.configuration()) { store in
                let namespace = try store.createNamespace("test")
                try namespace.put("before", "value", durability: .synced)
                let kept = try folderOfLogs(namespace)
                // Handed on, to a log whose end is lost.
                for number in 0..<50 { try namespace.put("key \(99 - number)", "\(number)") }
                _ = try namespace.entries().next()
                for number in 0..<10 { try namespace.put("synced \(number)", "", durability: .buffered) }
                _ = try namespace.entries().next()
                for number in 50..<100 { try namespace.put("key \(99 - number)", "\(number)") }
                try FileManager.default.copyItem(atPath: path.string, toPath: copy.string)
                for (log, size) in kept {
                    let left = FilePath(log.string.replacing(path.string, with: copy.string))
                    #expect(truncate(left.string, off_t(size)) == 0)
                }
            }
            try withStore(at: copy, Self.configuration()) { store in
                let namespace = try store.namespace("test")
                #expect(try namespace.entries().collect().map(\.key) == ["before".bytes])
            }
        }
    }

    private func folderOfLogs(_ namespace: Namespace) throws -> [(FilePath, UInt64)] {
        let folder = FilePath(try #require(namespace.slot.columnFamily?.database.path))
        return try FileManager.default.contentsOfDirectory(atPath: folder.string).filter { $0.hasSuffix(".log") }
            .map { (folder.appending($0), StoreFiles.size(folder.appending($0)) ?? 0) }
    }

    @Test("Where there is no room for the file, none is left")
    func noRoom() throws {
        try withTemporaryFolder { folder in
            #expect(throws: EngineFailure.self) {
                _ = try CommitBufferFile(in: folder, segments: 2, segmentSize: 1 << 50)
            }
            let left = try FileManager.default.contentsOfDirectory(atPath: folder.string)
            #expect(left.isEmpty)
        }
    }

    @Test("What is no file in its place is an error, and nothing is lost", arguments: ["a folder", "a pipe", "a link"])
    func unreadable(_ kind: String) throws {
        try withLeftStore { path, database in
            let file = database.appending(CommitBufferFile.name).string
            try FileManager.default.moveItem(atPath: file, toPath: file + ".aside")
            switch kind {
            case "a folder": #expect(mkdir(file, 0o755) == 0)
            case "a pipe": #expect(mkfifo(file, 0o644) == 0)
            default: #expect(symlink(file + ".aside", file) == 0)
            }
            expectError(.corruption, "COMMITS") { _ = try found(path) }
            try FileManager.default.removeItem(atPath: file)
            try FileManager.default.moveItem(atPath: file + ".aside", toPath: file)
            #expect(try found(path) == 100)
        }
    }

    @Test(
        "A repair takes along what can be read of them", .only(.separateDatabases),
        arguments: [nil, "IDENTITY", "CURRENT", "MANIFEST", "COMMITS"])
    func repaired(_ lost: String?) throws {
        try withLeftStore { path, database in
            let names = try FileManager.default.contentsOfDirectory(atPath: database.string)
            for name in names where lost.map(name.hasPrefix) ?? false {
                let file = database.appending(name)
                if name == "COMMITS" {
                    try changeFile(database) { $0[16] ^= 1 }
                } else {
                    try FileManager.default.removeItem(atPath: file.string)
                }
            }
            let target = path.removingLastComponent().appending("repaired")
            let report = try Store.repair(at: path, to: target, configuration: Self.configuration())
            let part = try #require(report.parts.last)
            #expect(part.unusableFiles == (lost == "COMMITS" ? ["COMMITS"] : []))
            #expect((part.outcome == .shortened) == (lost == "COMMITS"))
            for _ in 0..<2 {
                let count = try found(target)
                #expect(count == (lost == "COMMITS" ? 0 : 100))
            }
        }
    }
}
