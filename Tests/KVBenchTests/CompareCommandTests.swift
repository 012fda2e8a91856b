import Foundation
import KVBench
import SystemPackage
import Testing

@Suite("The commands compare and diff")
struct CompareCommandTests {
    private let folder: TemporaryFolder
    private var program: Program { Program(folder: folder.path) }

    init() throws { folder = try TemporaryFolder() }

    @Test("Engines do what was asked for, in turn, and leave nothing; a document on standard output is alone there")
    func engines() throws {
        let result = try program.run([
            "compare", "batch-write", "--engines", "kvstore,rocksdb", "--rounds", "2", "--operations", "40",
            "--workers", "3",
            "--namespaces", "2", "--keys", "500", "--key-size", "20", "--value-size", "50", "--batch", "7", "--seed",
            "9",
            "--distribution", "zipfian", "--rate", "5000", "--durability", "buffered", "--json", "-",
        ])
        #expect(result.status == 0, "\(result.error)")
        let document = try JSONDecoder().decode(ComparisonDocument.self, from: Data(result.output.utf8))
        #expect(document.contestants.map(\.name) == ["kvstore", "rocksdb"])
        for contestant in document.contestants {
            #expect(contestant.runs.count == 2)
            for run in contestant.runs {
                #expect(run.engine == contestant.name && run.errors == 0 && run.durability == "buffered")
                let work = try #require(run.work)
                #expect(work.workload == "batch-write" && work.workers == 3 && work.namespaces == 2 && work.keys == 500)
                #expect(work.keySize == 20 && work.valueSize == 50 && work.batch == 7 && work.seed == 9)
                #expect(work.distribution == "zipfian" && work.rate == 5000 && work.operations == 40)
                #expect(run.written?.entries == 280)
            }
        }
        #expect(result.error.contains("writes/s") && result.error.contains("round 2 of 2: kvstore"))
        #expect(try folder.content == [])
    }

    @Test("Tunings of one engine are compared, and results of theirs can be told apart")
    func tunings() throws {
        let result = try program.run([
            "compare", "--compare-tuning", "documented,before", "--rounds", "1", "--operations", "60", "--json",
            "c.json",
        ])
        #expect(result.status == 0, "\(result.error)")
        #expect(result.output.contains("documented") && result.output.contains("before"))
        let data = try Data(contentsOf: URL(filePath: folder.path.appending("c.json").string))
        let document = try JSONDecoder().decode(ComparisonDocument.self, from: data)
        #expect(document.contestants.map { $0.runs[0].durability } == ["buffered", "synced"])
        #expect(try folder.content == ["c.json"])
    }

    @Test(
        "Bad usage exits with 64 and says what to do",
        arguments: [
            (["compare"], "--engines"), (["compare", "--engines", "kvstore,"], "commas"),
            (["compare", "--engines", "kvstore,oracle"], "oracle"),
            (["compare", "--compare-tuning", "documented,fast"], "fast"),
            (["compare", "--compare-durability", "buffered,none"], "none"),
            (["compare", "--engines", "kvstore,rocksdb", "--rounds", "0"], "--rounds"),
            (["compare", "--engines", "kvstore,rocksdb", "--scratch", "/nowhere/at/all"], "--scratch"),
            (["diff", "absent.json", "absent.json"], "absent.json"),
        ])
    func badUsage(arguments: [String], hint: String) throws {
        let result = try program.run(arguments)
        #expect(result.status == 64)
        #expect(result.error.contains(hint))
        #expect(try folder.content == [])
    }

    @Test("A signal ends the run that is under way, and leaves nothing")
    func signal() throws {
        let process = try program.start([
            "compare", "--engines", "kvstore,rocksdb", "--rounds", "50", "--duration", "1s", "--workers", "2",
        ])
        try wait(for: "run") { try !folder.content.isEmpty }
        kill(process.processIdentifier, SIGTERM)
        let result = try program.finish(process)
        #expect(result.status == 128 + SIGTERM)
        #expect(try folder.content == [])
    }

    @Test("Two results of the same work differ in what was changed, and of other work are refused")
    func diff() throws {
        let run = ["run", "fill-random", "--keys", "200", "--workers", "2", "--quiet"]
        #expect(try program.run(run + ["--json", "a.json"]).status == 0)
        #expect(try program.run(run + ["--durability", "synced", "--json", "b.json"]).status == 0)
        #expect(try program.run(run + ["--value-size", "99", "--json", "c.json"]).status == 0)
        let result = try program.run(["diff", "a.json", "b.json"])
        #expect(result.status == 0)
        #expect(result.output.contains("durability buffered and synced"))
        #expect(result.output.contains("writes/s"))
        let refused = try program.run(["diff", "a.json", "c.json"])
        #expect(refused.status == 64)
        #expect(refused.error.contains("value_bytes 100 and 99"))
    }
}
