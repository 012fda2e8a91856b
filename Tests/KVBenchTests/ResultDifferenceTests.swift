import Foundation
import SystemPackage
import Testing

@testable import KVBench

@Suite("Two results")
struct ResultDifferenceTests {
    @Test("Of the same work are put beside one another, with what is different about them")
    func table() throws {
        var other = ResultDocument.sample
        other.writesPerSecond *= 1.5
        other.durability = "synced"
        other.losses?.powerCut = "nothing"
        other.environment.kernel = "6.2.0"
        other.engineSettings?["memtableSize"] = "1048576"
        other.environment.syncMicroseconds = 1
        let table = try ResultDifference(.sample, other).table
        let text = table.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        for part in [
            "durability buffered and synced", "setting memtableSize 268435456 and 1048576", "kernel 6.1.0 and 6.2.0",
            "power_cut the last 1 s and nothing", "writes/s 40,995 61,492 1.50", "reads/s 4,000 4,000 1.00",
        ] {
            #expect(text.contains(part), "\(part)")
        }
        #expect(!text.contains("fsync_us"))
        #expect(table.split(separator: "\n").allSatisfy { $0.count <= 60 }, "\(table)")
        #expect(try ResultDifference(.sample, .sample).table.contains("engine and machine are the same"))
    }

    @Test("Of other engines do not list all settings that only one of them has")
    func engines() throws {
        var other = ResultDocument.sample
        other.engine = "sqlite"
        other.engineSettings = ["page_size": "8192"]
        let table = try ResultDifference(.sample, other).table
        #expect(table.contains("engine kvstore and sqlite"))
        #expect(!table.contains("page_size") && !table.contains("memtableSize"))
    }

    @Test("Of other work are refused, by what is different")
    func otherWork() throws {
        var other = ResultDocument.sample
        other.work?.keys = 12_345
        other.work?.seed = 2
        let error = try #require(throws: UsageError.self) { try ResultDifference(.sample, other) }
        for part in ["keys", "12345", "seed 1 and 2", "same work"] { #expect(error.message.contains(part), "\(part)") }
        var old = ResultDocument.sample
        old.work = nil
        #expect(throws: UsageError.self) { try ResultDifference(.sample, old) }
        var cut = ResultDocument.sample
        cut.cutShort = "SIGINT"
        #expect(try #require(throws: UsageError.self) { try ResultDifference(.sample, cut) }.message.contains("second"))
    }

    @Test("Are read from files, and what is none is refused by its name")
    func files() throws {
        let folder = try TemporaryFolder()
        let (one, none) = (folder.path.appending("one.json").string, folder.path.appending("none.json").string)
        try ResultFile(one).write(ResultDocument.sample)
        try Data("{}".utf8).write(to: URL(filePath: none))
        _ = try ResultDifference(one, one)
        for file in [none, folder.path.appending("absent").string] {
            #expect(try #require(throws: UsageError.self) { try ResultDifference(one, file) }.message.contains(file))
        }
    }

    @Test("With errors say so")
    func errors() throws {
        var other = ResultDocument.sample
        other.errors = 7
        #expect(try ResultDifference(.sample, other).table.contains("ERRORS: 0 and 7"))
    }
}
