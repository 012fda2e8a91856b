import Foundation
import KVBench
import KVStore
import SystemPackage
import Testing

/// The built executable, as a user runs it.
@Suite("The kvbench command")
struct CommandLineTests {
    private let folder: TemporaryFolder
    private var program: Program { Program(folder: folder.path) }

    init() throws { folder = try TemporaryFolder() }

    @Test(
        "Bad usage exits with 64 and says what to do",
        arguments: [
            (["run", "nonsense"], "messages"),
            (["run", "--engine", "lmbd"], "kvstore"),
            (["run", "--engine", "sqlite", "--tuning", "before"], "documented"),
            (["run", "--postgres", "auto"], "--postgres"),
            (["run", "--tuning", "fast"], "documented"),
            (["run", "--durability", "none"], "buffered"),
            (["run", "--set", "memtableSize"], "memtableSize=64MiB"),
            (["run", "--set", "memtable=64MiB"], "blockRestartInterval"),
            (["run", "--set", "memtableSize=1"], "from 64 KiB"),
            (["run", "--engine", "sqlite", "--set", "maxMemtables=2"], "--set"),
            (["run", "--engine", "rocksdb", "--layout", "single"], "--layout"),
            (["run", "--layout", "several"], "single"),
            (["run", "--duration", "0s"], "30s"),
            (["run", "--duration", "soon"], "30s"),
            (["run", "--wal-sync-interval", "often"], "30s"),
            (["run", "--wal-sync-interval", "0s"], "at least 1ms"),
            (["run", "--rate", "0"], "from 1 to"),
            (["run", "--workers", "-1"], "from 1 to"),
            (["run", "--operations", "-1"], "at least 1"),
            (["run", "--duration", "-5s"], "longer than 0"),
            (["run", "fill-random", "--keys", "-1e6"], "--keys"),
            (["run", "--rate", "1e9"], "from 1 to"),
            (["run", "--rate", "99999999999999999999"], "--rate"),
            (["compare", "--engines", "kvstore,rocksdb", "--rounds", "-1"], "from 1 to"),
            (["run", "--interval", "10ms"], "at least 100ms"),
            (["run", "--json", "-", "--csv", "-"], "--csv"),
            (["list", "--json", "--csv"], "--csv"),
            (["run", "--operations", "0"], "at least 1"),
            (["run", "--workers", "0"], "from 1"),
            (["run", "--namespaces", "101"], "at most 100"),
            (["run", "--value-size", "1"], "at least"),
            (["run", "--keys", "100"], "read-random"),
            (["run", "scan", "--distribution", "uniform"], "seek-random"),
            (["run", "overwrite", "--distribution", "hot"], "zipfian"),
            (["run", "fill-random", "--keys", "10", "--operations", "11"], "--keys"),
            (["run", "--data", "/proc"], "--data"),
            (["run", "--json", "/nowhere/at/all.json"], "--json"),
            (["run", "mix"], "--mix read=80"), (["run", "--mix", "read"], "read=80,put=15"),
            (["run", "--mix", "read=80,putt=20"], "read-missing"), (["run", "--mix", "read=-1"], "from 0 to"),
            (["run", "--mix", "read=1", "--scan-length", "5"], "--scan-length"),
            (["run", "--ycsb", "/nowhere"], "workloada"), (["run", "overwrite", "--mix", "read=1"], "mix"),
            (["run", "--no-such-option"], "--no-such-option"),
            (["engine", "--data", "/nowhere/at/all"], "--data"),
            (["nonsense"], "nonsense"),
        ])
    func badUsage(arguments: [String], hint: String) throws {
        let result = try run(arguments)
        #expect(result.status == 64)
        #expect(result.error.contains(hint))
        #expect(result.output == "")
        #expect(try folder.content == [])
    }

    @Test("It tells its version and the engine's, and without a command how it is used")
    func version() throws {
        let result = try run(["--version"])
        #expect(result.status == 0)
        let engine = try EngineInfo.current()
        #expect(result.output == "kvbench \(Store.libraryVersion), RocksDB \(engine.version) (\(engine.build))\n")
        #expect(result.error == "")
        let help = try run([])
        #expect(help.status == 0)
        #expect(help.output.contains("USAGE: kvbench"))
    }

    @Test("A run prints a table, writes JSON, exits with 0 and leaves no data")
    func shortRun() throws {
        let result = try run(["run", "--operations", "500", "--json", "result.json"])
        #expect(result.status == 0)
        #expect(result.error == "")
        #expect(result.output.contains("expected: > 40,000 writes/s"))
        #expect(result.output.contains("errors: 0"))
        #expect(try folder.content == ["result.json"])
        let data = try Data(contentsOf: URL(filePath: folder.path.appending("result.json").string))
        let document = try JSONDecoder().decode(ResultDocument.self, from: data)
        #expect(document.writes + document.reads == 500)
        #expect(document.errors == 0)
    }

    @Test("A document on standard output is alone there; what is for people goes to standard error")
    func standardOutput() throws {
        let result = try run(["run", "--operations", "100", "--json", "-"])
        #expect(result.status == 0)
        let document = try JSONDecoder().decode(ResultDocument.self, from: Data(result.output.utf8))
        #expect(document.writes + document.reads == 100)
        #expect(result.error.contains("errors: 0"))
        let quiet = try run(["run", "--operations", "100", "--json", "-", "--quiet"])
        #expect(quiet.error == "" && quiet.output.hasPrefix("{"))
        #expect(try folder.content == [])
    }

    @Test(
        "No command writes into a directory that holds a database, or takes one that is not empty",
        arguments: ["STORE", "CURRENT", "PG_VERSION", "data.mdb", "KVBENCH"])
    func foreignData(mark: String) throws {
        let other = folder.path.appending("other")
        try FileManager.default.createDirectory(atPath: other.string, withIntermediateDirectories: true)
        try Data("x".utf8).write(to: URL(filePath: other.appending(mark).string))
        let before = try FileManager.default.attributesOfItem(atPath: other.string)[.modificationDate] as? Date
        for arguments in [
            ["run", "--operations", "10", "--data", "other"], ["run", "--operations", "10", "--scratch", "other"],
            ["namespaces", "--namespaces", "1", "--data", "other"],
            ["namespaces", "--namespaces", "1", "--data", "other", "--reuse"], ["engine", "--data", "other"],
            ["compare", "--engines", "kvstore,rocksdb", "--operations", "10", "--scratch", "other"],
            ["write-until-killed", "--engine", "kvstore", "--durability", "buffered", "--data", "other"],
        ] {
            let result = try run(arguments)
            #expect(result.status == 64, "\(arguments)")
            #expect(result.error.contains("other"), "\(arguments)")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: other.string) == [mark])
        let after = try FileManager.default.attributesOfItem(atPath: other.string)[.modificationDate] as? Date
        #expect(after == before)
    }

    @Test("A quiet run prints nothing")
    func quiet() throws {
        let result = try run(["run", "messages", "--operations", "50", "--workers", "2", "--quiet"])
        #expect(result.status == 0)
        #expect(result.output == "")
        #expect(result.error == "")
    }

    @Test("Data in a directory that the user names stays, and is not written over")
    func keptData() throws {
        let arguments = ["run", "--operations", "50", "--data", "mine"]
        #expect(try run(arguments).status == 0)
        #expect(try folder.content == ["mine"])
        let again = try run(arguments)
        #expect(again.status == 64)
        #expect(again.error.contains("not empty"))
    }

    @Test("A signal leaves no data behind", arguments: [SIGINT, SIGTERM, SIGHUP])
    func signals(signal: Int32) throws {
        let process = try start(["run", "--duration", "60s"])
        try waitForData()
        kill(process.processIdentifier, signal)
        let result = try finish(process)
        #expect(result.status == 128 + signal)
        #expect(result.error.contains("interrupted"))
        #expect(try folder.content == [])
    }

    @Test("What ran until a signal came is printed and written, and marked")
    func cutShort() throws {
        let process = try start(["run", "--duration", "600s", "--json", "result.json"])
        try waitForData()
        // Until it has surely begun to measure.
        usleep(1_500_000)
        kill(process.processIdentifier, SIGINT)
        let result = try finish(process)
        #expect(result.status == 130)
        #expect(result.output.contains("CUT SHORT by SIGINT"))
        let data = try Data(contentsOf: URL(filePath: folder.path.appending("result.json").string))
        let document = try JSONDecoder().decode(ResultDocument.self, from: data)
        #expect(document.cutShort == "SIGINT")
        #expect(document.writes > 0)
        #expect(try folder.content == ["result.json"])
    }

    @Test("An impatient user's second signal does not leave data behind either")
    func secondSignal() throws {
        let process = try start(["run", "--duration", "60s"])
        try waitForData()
        for _ in 0..<3 { kill(process.processIdentifier, SIGINT) }
        let result = try finish(process)
        #expect(result.status == 130)
        #expect(try folder.content == [])
    }

    @Test("A signal leaves data that the user named where it is")
    func signalWithKeptData() throws {
        let process = try start(["run", "--duration", "60s", "--data", "mine"])
        try waitForData()
        kill(process.processIdentifier, SIGINT)
        let result = try finish(process)
        #expect(result.status == 130)
        #expect(result.error.contains("stays in mine"))
        #expect(try folder.content == ["mine"])
    }

    @Test("The engine's report comes as text and as JSON")
    func engine() throws {
        let text = try run(["engine"])
        #expect(text.status == 0)
        #expect(text.output.contains("RocksDB"))
        let json = try run(["engine", "--json"])
        #expect(json.status == 0)
        let report = try JSONDecoder().decode(EngineReport.self, from: Data(json.output.utf8))
        #expect(report.cpus > 0)
        #expect(try folder.content == [])
    }

    @Test("The listing names what can be run")
    func list() throws {
        let result = try run(["list"])
        #expect(result.status == 0)
        #expect(result.output == CatalogListing.text)
    }

    private func run(_ arguments: [String]) throws -> Program.Result { try program.run(arguments) }
    private func start(_ arguments: [String]) throws -> Process { try program.start(arguments) }
    private func finish(_ process: Process) throws -> Program.Result { try program.finish(process) }

    /// Waits until the run has opened its store: some data directory holds something.
    private func waitForData() throws {
        for _ in 0..<500 {
            for name in try folder.content {
                let path = folder.path.appending(name).appending("namespaces").string
                if try FileManager.default.fileExists(atPath: path)
                    && !FileManager.default.contentsOfDirectory(atPath: path).isEmpty
                {
                    return
                }
            }
            usleep(20_000)
        }
        Issue.record("the run has written nothing in ten seconds")
    }
}
