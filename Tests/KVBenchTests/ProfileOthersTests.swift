import Foundation
import KVStore
import SystemPackage
import Testing

@testable import KVBench

@Suite("Profiles of other processes, and two of them")
struct ProfileOthersTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func text(_ name: String, in parent: FilePath) throws -> String {
        let made = try #require(try FileManager.default.contentsOfDirectory(atPath: parent.string).sorted().last)
        return try String(contentsOfFile: parent.appending(made).appending(name).string, encoding: .utf8)
    }

    @Test("It attaches to a process by its number and by its store, and the process is left as it was")
    func attach() throws {
        let data = folder.path.appending("data")
        let program = Program(folder: folder.path)
        let process = try program.start([
            "run", "--duration", "600", "--rate", "500", "--workers", "2", "--data", data.string, "--quiet",
        ])
        defer { process.terminate() }
        try wait(for: "store") { AttachTarget.stores(of: process.processIdentifier) == [data.string] }
        #expect(try AttachTarget(data.string).process == process.processIdentifier)
        for target in ["\(process.processIdentifier)", data.string] {
            let parent = folder.path.appending("of \(target.filter { $0 != "/" })")
            let result = try program.run(["profile", "--attach", target, "--quick", "--out", parent.string])
            #expect(result.status == 0, "\(result.output)\(result.error)")
            let readme = try text("README.md", in: parent)
            for title in ["CPU", "Waiting (off-CPU)", "Memory", "Threads", "Store \(data)"] {
                #expect(readme.contains("## \(title)\n"), "\(title)")
            }
            #expect(readme.contains("bench-0") && readme.contains("worker"))
            #expect(XMLReader(try text("index.html", in: parent)).count("section") > 4)
        }
        #expect(process.isRunning)
        process.interrupt()
        let ended = try program.finish(process)
        #expect(ended.status == 130, "\(ended.error)")
    }

    @Test("A store that nobody has open is told of too, and what is neither is refused")
    func attachToNobody() throws {
        let path = folder.path.appending("store")
        let store = try Store.open(at: path)
        try store.namespace("a name", createIfMissing: true).put("key", "value")
        try store.close()
        let before = try FileManager.default.subpathsOfDirectory(atPath: path.string).sorted()
        let parent = folder.path.appending("profiles")
        let program = Program(folder: folder.path)
        let result = try program.run(["profile", "--attach", path.string, "--out", parent.string])
        #expect(result.status == 0, "\(result.error)")
        #expect(try text("README.md", in: parent).contains("a name"))
        #expect(try FileManager.default.subpathsOfDirectory(atPath: path.string).sorted() == before)
        for odd in ["/nowhere", "2147483647", "0", folder.path.string] {
            let refused = try program.run(["profile", "--attach", odd, "--out", folder.path.appending("none").string])
            #expect(refused.status == 64, "\(odd)")
        }
        #expect(try !folder.content.contains("none"))
    }

    private func profile(_ name: String, _ rates: [Double]) throws -> String {
        let path = folder.path.appending(name)
        try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: true)
        for (round, rate) in rates.enumerated() {
            var document = ResultDocument.sample
            document.operationsPerSecond = rate
            try ResultFile(path.appending(round == 0 ? "results.json" : "results-\(round + 1).json").string).write(
                document)
        }
        try Data("t;a_[e] \(Int(rates[0]))\nt;b_[s] 100\n".utf8).write(
            to: URL(filePath: path.appending("cpu.folded").string))
        return path.string
    }

    @Test("A comparison tells a difference from chance, by the rounds")
    func compare() throws {
        let first = try profile("first", [100, 101, 102, 103, 104])
        let second = try profile("second", [200, 201, 202, 203, 204])
        let few = try profile("few", [200])
        func row(_ one: String, _ other: String) throws -> [String] {
            try #require(try ProfileComparison([one, other], parent: folder.path).rows.first)
        }
        #expect(try row(first, second) == ["operations/s", "102", "202", "1.98", "5 and 5", "yes (p = 0.008)"])
        #expect(try row(first, first)[5] == "no (p = 1.0)")
        #expect(try row(first, few)[5] == "too few rounds to tell")
        #expect(throws: UsageError.self) { try ProfileComparison([first], parent: folder.path) }
        #expect(throws: UsageError.self) { try ProfileComparison([first, folder.path.string], parent: folder.path) }
        let parent = folder.path.appending("out")
        let result = try Program(folder: folder.path).run([
            "profile", "--compare", first, second, "--out", parent.string,
        ])
        #expect(result.status == 0, "\(result.error)")
        #expect(result.output.contains("1.98"))
        let html = try text("index.html", in: parent)
        #expect(html.contains("points") && html.contains("Functions whose share"))
        #expect(XMLReader(try text("cpu-difference.svg", in: parent)).isWellFormed)
    }

    @Test("Chance is exact: of all ways to divide the numbers, as many as are as unusual")
    func chance() {
        #expect(RankTest.chance([1, 2, 3], [4, 5, 6]) == nil)
        let least = RankTest.chance([1, 2, 3, 4], [5, 6, 7, 8])
        #expect(abs((least ?? 0) - 2.0 / 70) < 1e-12)
        #expect(RankTest.chance([1, 1, 1, 1], [1, 1, 1, 1]) == 1)
        let one = RankTest.chance([1, 5, 2, 8, 3], [4, 6, 7, 9, 10])
        let other = RankTest.chance([4, 6, 7, 9, 10], [1, 5, 2, 8, 3])
        #expect(one == other && (one ?? 0) > 0.05)
    }
}
