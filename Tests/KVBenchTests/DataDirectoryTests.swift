import Foundation
import SystemPackage
import Testing

@testable import KVBench

@Suite("Where the data goes")
struct DataDirectoryTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("A fresh directory is made and removed with all that is in it")
    func temporary() throws {
        let data = try DataDirectory(requested: nil, parent: folder.path)
        #expect(data.isTemporary)
        #expect(try folder.content.count == 1)
        #expect(try folder.content[0].hasPrefix("kvbench-"))
        try Data("x".utf8).write(to: URL(filePath: data.path.appending("file").string))
        try data.removeIfTemporary()
        #expect(try folder.content == [])
        try data.removeIfTemporary()
    }

    @Test("Two runs side by side have two directories")
    func sideBySide() throws {
        let one = try DataDirectory(requested: nil, parent: folder.path)
        let other = try DataDirectory(requested: nil, parent: folder.path)
        #expect(one.path != other.path)
    }

    @Test("A directory that the user names is made when missing, and stays")
    func kept() throws {
        let path = folder.path.appending("a").appending("b")
        let data = try DataDirectory(requested: path)
        #expect(!data.isTemporary)
        try data.removeIfTemporary()
        #expect(try folder.content == ["a"])
        _ = try DataDirectory(requested: path)
    }

    @Test("A directory with anything in it is refused and left alone")
    func notEmpty() throws {
        let file = folder.path.appending("precious")
        try Data("x".utf8).write(to: URL(filePath: file.string))
        let error = try #require(throws: UsageError.self) { try DataDirectory(requested: folder.path) }
        #expect(error.message.contains("not empty"))
        #expect(try folder.content == ["precious"])
    }

    @Test("A file is refused and left alone")
    func file() throws {
        let file = folder.path.appending("file")
        try Data("x".utf8).write(to: URL(filePath: file.string))
        #expect(throws: UsageError.self) { try DataDirectory(requested: file) }
        #expect(throws: UsageError.self) { try DataDirectory(requested: nil, parent: file) }
        #expect(try folder.content == ["file"])
    }

    @Test("Disk usage counts allocated blocks at any depth")
    func diskUsage() throws {
        #expect(try DiskUsage.allocatedBytes(below: folder.path) == 0)
        let deep = folder.path.appending("a").appending("b")
        try FileManager.default.createDirectory(atPath: deep.string, withIntermediateDirectories: true)
        let directories = try DiskUsage.allocatedBytes(below: folder.path)
        try Data(repeating: 1, count: 1 << 20).write(to: URL(filePath: deep.appending("file").string))
        #expect(try DiskUsage.allocatedBytes(below: folder.path) >= directories + 1 << 20)
    }

    @Test("Timing synced writes leaves nothing behind")
    func syncLatency() throws {
        #expect(try SyncLatency.medianMicroseconds(in: folder.path, rounds: 3) > 0)
        #expect(try folder.content == [])
        #expect(throws: Errno.self) { try SyncLatency.medianMicroseconds(in: "/nowhere/at/all") }
    }
}
